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
  list(o: PageRequest): Promise<Page<AuditRecord>>;
  head(): Promise<ChainHead>;
  /** @param anchor a head that was noted outside the database */
  verify(anchor: ChainHead | null): Promise<ChainVerdict>;
}
