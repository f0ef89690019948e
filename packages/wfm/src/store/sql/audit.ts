import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { AuditStore } from '../ports.ts';
import { page, readCursor } from './paging.ts';
import type { Database, Tx } from './schema.ts';

export interface AuditEntry {
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Record<string, unknown>;
}

/** Where the chain ends. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

function hashOf(previousHash: string, seq: number, e: Omit<AuditEntry, 'detail'>, detail: string): string {
  return createHash('sha256')
    .update(JSON.stringify([previousHash, seq, e.at, e.actor, e.action, e.subject, detail]))
    .digest('hex');
}

/**
 * Takes the chain's head before anything else is read: on PostgreSQL this row lock puts all decisions in one order,
 * as `begin immediate` does on SQLite.
 */
export async function lockChain(tx: Tx): Promise<ChainHead> {
  return tx
    .updateTable('auditHead')
    .set({ seq: sql<number>`"seq" + 0` })
    .where('id', '=', 1)
    .returning(['seq', 'hash'])
    .executeTakeFirstOrThrow();
}

/**
 * Appends to the chain inside the transaction of the act itself: either both are on disk or neither.
 * @param locked the head, when this transaction has locked it already and appended nothing since
 */
export async function appendAudit(tx: Tx, entry: AuditEntry, locked?: ChainHead): Promise<void> {
  const head = locked ?? (await lockChain(tx));
  const seq = head.seq + 1;
  const detail = JSON.stringify(entry.detail);
  const hash = hashOf(head.hash, seq, entry, detail);
  const { at, actor, action, subject } = entry;
  await tx
    .insertInto('audit')
    .values({ seq, at, actor, action, subject, detail, hash, previousHash: head.hash })
    .execute();
  await tx.updateTable('auditHead').set({ seq, hash }).where('id', '=', 1).execute();
}

/** The audit log over SQL. */
export function sqlAudit(database: Database): AuditStore {
  return {
    append: (entry) => database.transaction().execute((tx) => appendAudit(tx, entry)),
    async list({ limit, cursor }) {
      const after = readCursor(cursor, 1)?.[0];
      let query = database
        .selectFrom('audit')
        .selectAll()
        .orderBy('seq')
        .limit(limit + 1);
      if (typeof after === 'number') query = query.where('seq', '>', after);
      const rows = await query.execute();
      const parsed = rows.map((row) => ({
        ...row,
        detail: JSON.parse(row.detail) as Record<string, unknown>,
      }));
      return page(parsed, limit, (row) => [row.seq]);
    },
    async verify() {
      let previous = '';
      let seq = 0;
      for (;;) {
        const rows = await database
          .selectFrom('audit')
          .selectAll()
          .where('seq', '>', seq)
          .orderBy('seq')
          .limit(1000)
          .execute();
        for (const row of rows) {
          if (row.seq !== seq + 1) return { ok: false, firstBad: seq + 1, reason: 'this entry is missing' };
          if (row.previousHash !== previous || row.hash !== hashOf(previous, row.seq, row, row.detail)) {
            return { ok: false, firstBad: row.seq, reason: 'this entry was changed' };
          }
          previous = row.hash;
          seq = row.seq;
        }
        if (rows.length < 1000) break;
      }
      const head = await database.selectFrom('auditHead').select(['seq', 'hash']).executeTakeFirstOrThrow();
      if (head.seq !== seq || head.hash !== previous)
        return { ok: false, firstBad: seq + 1, reason: 'entries at the end are missing' };
      return { ok: true, entries: seq };
    },
  };
}
