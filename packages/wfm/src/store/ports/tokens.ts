/** Operators' tokens. */

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

export interface TokenStore {
  /** Adding the same token again changes nothing. @returns false when the name is taken by a token in force */
  add(token: TokenRecord): Promise<boolean>;
  bySha256(tokenSha256: string): Promise<TokenRecord | null>;
  list(): Promise<TokenRecord[]>;
  /** @returns false when no token in force has this name */
  revoke(name: string, actor: string, now: number): Promise<boolean>;
  touch(seen: ReadonlyMap<string, number>): Promise<void>;
}
