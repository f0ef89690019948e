/** Operators' tokens. */
import type { Page, PageRequest } from './paging.ts';

export type Role = 'viewer' | 'operator' | 'admin';

/** An operator's token: its hash only. */
export interface TokenRecord {
  readonly tokenSha256: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

export type TokenState = 'in-force' | 'expired' | 'revoked';

/** What the list may be sorted by; the first is meant when nothing is said. */
export const tokenSorts = ['createdAt', 'name', 'lastUsedAt', 'expiresAt'] as const;
export type TokenSort = (typeof tokenSorts)[number];

export interface TokenStore {
  /** Adding the same token again changes nothing. @returns the other token that has the name, or null when it is added */
  add(token: TokenRecord): Promise<TokenRecord | null>;
  bySha256(tokenSha256: string): Promise<TokenRecord | null>;
  list(
    o: PageRequest<TokenSort> & { state?: TokenState | undefined; role?: Role | undefined; now: number },
  ): Promise<Page<TokenRecord>>;
  /** @returns `unchanged` when every token of this name is revoked already */
  revoke(name: string, actor: string, now: number): Promise<'revoked' | 'unchanged' | 'not-found'>;
  touch(seen: ReadonlyMap<string, number>): Promise<void>;
}
