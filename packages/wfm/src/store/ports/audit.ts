/** What happened. */
import type { ChainHead, ChainVerdict } from '../../audit/chain.ts';
import type { Page, PageRequest } from './paging.ts';

export interface AuditRecord {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Record<string, unknown>;
  readonly hash: string;
  readonly previousHash: string;
}

/** How things end that an operator removes, and reservations whose time is over. */
export const endings = [
  'client.deleted',
  'enrollment.deleted',
  'preauthorization.removed',
  'authority.removed',
  'reservation.released',
  'reservation.expired',
  'reservation.lost',
  'signer.removed',
  'webhook.removed',
  'requirement.removed',
] as const;
export type Ending = (typeof endings)[number];

/** What the list may be sorted by; the first is meant when nothing is said. */
export const auditSorts = ['seq'] as const;
export type AuditSort = (typeof auditSorts)[number];

/** Which entries are meant; all of it must hold. */
export interface AuditFilter {
  /** An action, or a kind of action: what stands before the dot. */
  readonly action?: string | undefined;
  /** Who, as it stands in the entry; `oidc:SUBJECT` is a person under whatever name. */
  readonly actor?: string | undefined;
  /** On what, as it stands in the entry; with a client come its devices. */
  readonly subject?: string | undefined;
  /** From this time on, in milliseconds since 1970. */
  readonly since?: number | undefined;
  /** Before this time, in milliseconds since 1970. */
  readonly until?: number | undefined;
}

export interface AuditStore {
  append(entry: {
    at: number;
    actor: string;
    action: string;
    subject: string;
    detail: Record<string, unknown>;
  }): Promise<void>;
  /** Brings into the log what the device path has left to be noted, after a crash or by another instance. */
  settle(): Promise<void>;
  list(o: AuditFilter & PageRequest<AuditSort>): Promise<Page<AuditRecord>>;
  /** The entries after one of them, oldest first. */
  after(seq: number, limit: number): Promise<AuditRecord[]>;
  /** Whether the log says that this has ended in one of these ways. */
  hasEnded(subject: string, ways: readonly Ending[]): Promise<boolean>;
  head(): Promise<ChainHead>;
  /** @param anchor a head that was noted outside the database */
  verify(anchor: ChainHead | null): Promise<ChainVerdict>;
}
