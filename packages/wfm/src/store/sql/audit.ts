import { sql } from 'kysely';
import { type ChainHead, ChainWalker, hashOfEntry } from '../../audit/chain.ts';
import type { AuditRecord, AuditStore } from '../ports.ts';
import { type AuditSort, endings } from '../ports/audit.ts';
import { Keyset, numbers } from './keyset.ts';
import type { Database, Tables, Tx } from './schema.ts';

export interface AuditEntry {
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Record<string, unknown>;
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
 * @returns the new head
 */
export async function appendAudit(tx: Tx, entry: AuditEntry, locked?: ChainHead): Promise<ChainHead> {
  const head = locked ?? (await lockChain(tx));
  const seq = head.seq + 1;
  const detail = JSON.stringify(entry.detail);
  const { at, actor, action, subject } = entry;
  const hash = hashOfEntry(head.hash, { seq, at, actor, action, subject, detail });
  await tx
    .insertInto('audit')
    .values({ seq, at, actor, action, subject, detail, hash, previousHash: head.hash })
    .execute();
  await tx.updateTable('auditHead').set({ seq, hash }).where('id', '=', 1).execute();
  return { seq, hash };
}

const keyset = new Keyset<AuditSort>('seq', { seq: { ...numbers('seq'), isUnique: true } });

const parsed = (row: Tables['audit']): AuditRecord => ({
  ...row,
  detail: JSON.parse(row.detail) as Record<string, unknown>,
});

/** The audit log over SQL. */
export function sqlAudit(database: Database, queue: { settle(): Promise<void> }): AuditStore {
  return {
    append: async (entry) => {
      await database.transaction().execute((tx) => appendAudit(tx, entry));
    },
    settle: () => queue.settle(),
    async list(o) {
      const rows = await keyset.rows(database.selectFrom('audit').selectAll(), o).execute();
      const { items, nextCursor } = keyset.page(rows, o);
      return { items: items.map(parsed), nextCursor };
    },
    async after(seq, limit) {
      const rows = await database
        .selectFrom('audit')
        .selectAll()
        .where('seq', '>', seq)
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map(parsed);
    },
    async hasEnded(subject, ways) {
      // The list as it stands in the index, so that the index is taken.
      const isEnding = sql<boolean>`"action" in (${sql.join(endings.map((action) => sql.lit(action)))})`;
      const row = await database
        .selectFrom('audit')
        .select('seq')
        .where('subject', '=', subject)
        .where(isEnding)
        .where('action', 'in', ways)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
    head: () => database.selectFrom('auditHead').select(['seq', 'hash']).executeTakeFirstOrThrow(),
    async verify(anchor) {
      const walker = new ChainWalker(anchor);
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
          const wrong = walker.next(row);
          if (wrong !== null) return wrong;
          seq = row.seq;
        }
        if (rows.length < 1000) break;
      }
      return walker.end(
        await database.selectFrom('auditHead').select(['seq', 'hash']).executeTakeFirstOrThrow(),
      );
    },
  };
}
