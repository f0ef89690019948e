import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { type ChainHead, ChainWalker, hashOfEntry } from '../../audit/chain.ts';
import { personOf } from '../../fleet/person.ts';
import type { AuditRecord, AuditStore } from '../ports.ts';
import { type AuditFilter, type AuditSort, endings } from '../ports/audit.ts';
import { Keyset, numbers } from './keyset.ts';
import { among } from './lists.ts';
import type { Engine, Tables, Tx } from './schema.ts';
import { statement } from './statement.ts';

export interface AuditEntry {
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Record<string, unknown>;
}

const takeHead = statement((on) =>
  on
    .updateTable('auditHead')
    .set({ seq: sql<number>`"seq" + 0` })
    .where('id', '=', 1)
    .returning(['seq', 'hash']),
);
const insertEntry = statement((on, entry: Tables['audit']) => on.insertInto('audit').values(entry));
const moveHead = statement((on, head: ChainHead) =>
  on.updateTable('auditHead').set(head).where('id', '=', 1),
);

/**
 * Takes the chain's head before anything else is read: on PostgreSQL this row lock puts all decisions in one order,
 * as `begin immediate` does on SQLite.
 */
export async function lockChain(tx: Tx): Promise<ChainHead> {
  const [head] = await takeHead(tx, {});
  if (head === undefined) throw new Error('the audit log has no head');
  return head;
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
  await insertEntry(tx, { seq, at, actor, action, subject, detail, hash, previousHash: head.hash });
  await moveHead(tx, { seq, hash });
  return { seq, hash };
}

const keyset = new Keyset<AuditSort>('seq', { seq: { ...numbers('seq'), isUnique: true } });
/**
 * The same order, for the first page of a range of time on PostgreSQL: it takes the entries of all times for shuffled, and would
 * walk along the log until the range begins. What is no plain column is sorted, out of the range.
 */
const fromRange = new Keyset<AuditSort>('seq', {
  seq: { by: sql<number>`("seq" + 0)`, kind: 'number', isUnique: true },
});

const parsed = (row: Tables['audit']): AuditRecord => ({
  ...row,
  detail: JSON.parse(row.detail) as Record<string, unknown>,
});

/** What begins with a word and such a character is, in the order of bytes, the range up to the next character. */
const nextAfter = { ' ': '!', '/': '0' } as const;

/** The kind of an action, as it stands in its index. */
export const kindOf = ({ name }: Pick<Engine, 'name'>): string =>
  name === 'postgres' ? `split_part("action", '.', 1)` : `substr("action", 1, instr("action", '.') - 1)`;

/** Keeps what an operator asks for; only columns of the indexes are touched (migration 110). */
function filtered<O>(
  engine: Pick<Engine, 'name'>,
  query: SelectQueryBuilder<Tables, 'audit', O>,
  { action, actor, subject, since, until }: AuditFilter,
): SelectQueryBuilder<Tables, 'audit', O> {
  const bytes = sql.raw(engine.name === 'postgres' ? ' collate "C"' : '');
  const begins = (
    column: RawBuilder<unknown>,
    word: string,
    by: keyof typeof nextAfter,
  ): RawBuilder<boolean> => sql<boolean>`${column} >= ${word + by} and ${column} < ${word + nextAfter[by]}`;
  // Of one subject there are few entries, of an actor or an action there may be a million: then their indexes are left alone.
  const isFew = subject !== undefined;
  const column = (given: RawBuilder<unknown>): RawBuilder<unknown> =>
    isFew ? sql`coalesce(${given}, '')` : given;
  let found = query;
  if (subject !== undefined) {
    const by = sql`"subject"${bytes}`;
    found = found.where(sql<boolean>`(${by} = ${subject} or (${begins(by, subject, '/')}))`);
  }
  if (actor !== undefined) {
    const by = column(sql`"actor"${bytes}`);
    // A person of the OpenID provider, whatever name stands behind the subject.
    const isPerson = personOf(actor) === actor && actor.startsWith('oidc:');
    found = found.where(
      isPerson
        ? sql<boolean>`(${by} = ${actor} or (${begins(by, actor, ' ')}))`
        : sql<boolean>`${by} = ${actor}`,
    );
  }
  if (action !== undefined) {
    const by = column(action.includes('.') ? sql.ref('action') : sql.raw(kindOf(engine)));
    found = found.where(sql<boolean>`${by} = ${action}`);
  }
  if (since !== undefined) found = found.where('at', '>=', since);
  return until === undefined ? found : found.where('at', '<', until);
}

/** The audit log over SQL. */
export function sqlAudit(engine: Engine, queue: { settle(): Promise<void> }): AuditStore {
  const { database } = engine;
  return {
    append: async (entry) => {
      await database.transaction().execute((tx) => appendAudit(tx, entry));
    },
    settle: () => queue.settle(),
    async list(o) {
      // The page is found in an index; then only its own rows are read.
      const beginsWithin = (o.sort === '-seq' ? o.until : o.since) === undefined || o.cursor !== undefined;
      const order = beginsWithin || engine.name === 'sqlite' ? keyset : fromRange;
      const found = order.rows(filtered(engine, database.selectFrom('audit').select('seq'), o), o);
      const { items, nextCursor } = order.page(await found.execute(), o);
      const seqs = items.map((row) => row.seq);
      const rows = await database
        .selectFrom('audit')
        .selectAll()
        .where(among(engine, 'seq', seqs))
        .execute();
      const bySeq = new Map(rows.map((row) => [row.seq, parsed(row)]));
      return { items: seqs.flatMap((seq) => bySeq.get(seq) ?? []), nextCursor };
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
