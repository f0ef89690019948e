/** The hash chain of the audit log, as pure functions: who holds the entries can check them without a server. */
import { createHash } from 'node:crypto';

export interface ChainEntry {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  /** JSON text. */
  readonly detail: string;
  readonly hash: string;
  readonly previousHash: string;
}

export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

export type ChainVerdict =
  | { readonly ok: true; readonly entries: number }
  | { readonly ok: false; readonly firstBad: number; readonly reason: string };

/** The hash of an entry: over the hash before it and every member. */
export function hashOfEntry(previousHash: string, e: Omit<ChainEntry, 'hash' | 'previousHash'>): string {
  return createHash('sha256')
    .update(JSON.stringify([previousHash, e.seq, e.at, e.actor, e.action, e.subject, e.detail]))
    .digest('hex');
}

/** Walks along the chain and names the first entry that is changed or missing. */
export class ChainWalker {
  #head: ChainHead = { seq: 0, hash: '' };
  #anchor: ChainHead | null;

  /** @param anchor a head that was noted outside the log; the chain must run through it */
  constructor(anchor: ChainHead | null = null) {
    this.#anchor = anchor;
  }

  /** @returns what is wrong with this entry, or null */
  next(entry: ChainEntry): Extract<ChainVerdict, { ok: false }> | null {
    const { seq, hash } = this.#head;
    if (entry.seq !== seq + 1) return { ok: false, firstBad: seq + 1, reason: 'this entry is missing' };
    if (entry.previousHash !== hash || entry.hash !== hashOfEntry(hash, entry))
      return { ok: false, firstBad: entry.seq, reason: 'this entry was changed' };
    if (this.#anchor?.seq === entry.seq && this.#anchor.hash !== entry.hash)
      return {
        ok: false,
        firstBad: entry.seq,
        reason: 'the log was written anew: a checkpoint has another hash for this entry',
      };
    this.#head = { seq: entry.seq, hash: entry.hash };
    return null;
  }

  /** @param expected where the log itself says that it ends */
  end(expected: ChainHead | null): ChainVerdict {
    const { seq, hash } = this.#head;
    const isShort = (head: ChainHead | null): boolean => head !== null && head.seq > seq;
    if (isShort(expected) || isShort(this.#anchor) || (expected !== null && expected.hash !== hash))
      return { ok: false, firstBad: seq + 1, reason: 'entries at the end are missing' };
    return { ok: true, entries: seq };
  }
}
