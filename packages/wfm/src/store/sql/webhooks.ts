import { sql } from 'kysely';
import type {
  Attempt,
  DeadLetter,
  DeadLetterSort,
  WebhookRecord,
  WebhookSort,
  WebhookStore,
} from '../ports/webhooks.ts';
import { appendAudit, lockChain } from './audit.ts';
import { Keyset, names, numbers } from './keyset.ts';
import type { Database, Tx } from './schema.ts';

/** Each is looked after twice a second. */
const maximumWebhooks = 100;

const isSameTerms = (a: WebhookRecord, b: Pick<WebhookRecord, 'kind' | 'url' | 'types' | 'caPem'>): boolean =>
  a.kind === b.kind && a.url === b.url && a.types === b.types && a.caPem === b.caPem;

const outcomeOf = (attempt: Attempt): Pick<WebhookRecord, 'lastStatus' | 'lastError' | 'lastAt'> => ({
  lastStatus: attempt.status,
  lastError: attempt.error,
  lastAt: attempt.at,
});

const find = (db: Database | Tx, name: string): Promise<WebhookRecord | undefined> =>
  db.selectFrom('webhooks').selectAll().where('name', '=', name).executeTakeFirst();

/** Keeps the newest dead letters only: a receiver that is gone for good must not fill the disk. */
async function trim(tx: Tx, webhook: string, keep: number): Promise<void> {
  const oldest = await tx
    .selectFrom('deadLetters')
    .select('seq')
    .where('webhook', '=', webhook)
    .orderBy('seq', 'desc')
    .offset(keep)
    .limit(1)
    .executeTakeFirst();
  if (oldest === undefined) return;
  const gone = await tx
    .deleteFrom('deadLetters')
    .where('webhook', '=', webhook)
    .where('seq', '<=', oldest.seq)
    .executeTakeFirst();
  await tx
    .updateTable('webhooks')
    .set({ dropped: sql<number>`"dropped" + ${Number(gone.numDeletedRows)}` })
    .where('name', '=', webhook)
    .execute();
}

const webhooks = new Keyset<WebhookSort>('name', {
  name: { ...names('name'), isUnique: true },
  createdAt: numbers('createdAt'),
});
const letters = new Keyset<DeadLetterSort>('seq', { seq: { ...numbers('seq'), isUnique: true } });

/** The webhooks over SQL. */
export function sqlWebhooks(database: Database): WebhookStore {
  return {
    all: () => database.selectFrom('webhooks').selectAll().orderBy('name').execute(),
    async list({ kind, isEnabled, ...o }) {
      let query = database.selectFrom('webhooks').selectAll();
      if (kind !== undefined) query = query.where('kind', '=', kind);
      if (isEnabled !== undefined) query = query.where('enabled', '=', Number(isEnabled));
      return webhooks.page(await webhooks.rows(query, o).execute(), o);
    },
    get: async (name) => (await find(database, name)) ?? null,
    async admission() {
      const row = await database
        .selectFrom('webhooks')
        .selectAll()
        .where('kind', '=', 'admission')
        .where('enabled', '=', 1)
        .orderBy('name')
        .executeTakeFirst();
      return row ?? null;
    },
    add: (terms, actor, now) =>
      database.transaction().execute(async (tx) => {
        const head = await lockChain(tx);
        const present = await find(tx, terms.name);
        if (present !== undefined) return isSameTerms(present, terms) ? 'unchanged' : 'conflict';
        const { n } = await tx
          .selectFrom('webhooks')
          .select((e) => e.fn.countAll<number>().as('n'))
          .executeTakeFirstOrThrow();
        if (Number(n) >= maximumWebhooks) return 'too-many';
        const { name, kind, url, types } = terms;
        const detail = { kind, url, types: JSON.parse(types) as unknown };
        await appendAudit(tx, { at: now, actor, action: 'webhook.added', subject: name, detail }, head);
        const record: WebhookRecord = {
          ...terms,
          enabled: 1,
          createdAt: now,
          createdBy: actor,
          position: head.seq + 1,
          tries: 0,
          nextTryAt: 0,
          lastStatus: null,
          lastError: null,
          lastAt: null,
          dropped: 0,
          leaseOwner: null,
          leaseUntil: 0,
        };
        await tx.insertInto('webhooks').values(record).execute();
        return 'added';
      }),
    setEnabled: (name, enabled, actor, now) =>
      database.transaction().execute(async (tx) => {
        const head = await lockChain(tx);
        const present = await find(tx, name);
        if (present === undefined) return null;
        if (present.enabled === Number(enabled)) return present;
        const changed = { enabled: Number(enabled), tries: 0, nextTryAt: 0 };
        await tx.updateTable('webhooks').set(changed).where('name', '=', name).execute();
        const action = enabled ? 'webhook.enabled' : 'webhook.disabled';
        await appendAudit(tx, { at: now, actor, action, subject: name, detail: {} }, head);
        return { ...present, ...changed };
      }),
    remove: (name, actor, now) =>
      database.transaction().execute(async (tx) => {
        const head = await lockChain(tx);
        const row = await tx
          .deleteFrom('webhooks')
          .where('name', '=', name)
          .returning('url')
          .executeTakeFirst();
        if (row === undefined) return false;
        const detail = { url: row.url };
        await appendAudit(tx, { at: now, actor, action: 'webhook.removed', subject: name, detail }, head);
        return true;
      }),
    async deadLetters(name, o) {
      const query = database.selectFrom('deadLetters').selectAll().where('webhook', '=', name);
      return letters.page(await letters.rows(query, o).execute(), o);
    },
    async countDeadLetters(name) {
      const { n } = await database
        .selectFrom('deadLetters')
        .select((e) => e.fn.countAll<number>().as('n'))
        .where('webhook', '=', name)
        .executeTakeFirstOrThrow();
      return Number(n);
    },
    retry: (name, seq, actor, now) =>
      database.transaction().execute(async (tx) => {
        const head = await lockChain(tx);
        let letters = tx
          .updateTable('deadLetters')
          .set({ queued: 1, tries: 0 })
          .where('webhook', '=', name)
          .where('queued', '=', 0);
        if (seq !== undefined) letters = letters.where('seq', '=', seq);
        const count = Number((await letters.executeTakeFirst()).numUpdatedRows);
        if (count === 0) return 0;
        await tx.updateTable('webhooks').set({ nextTryAt: 0 }).where('name', '=', name).execute();
        const detail = { count, ...(seq === undefined ? {} : { seq }) };
        await appendAudit(tx, { at: now, actor, action: 'webhook.retried', subject: name, detail }, head);
        return count;
      }),

    async lease(name, owner, until, now) {
      const row = await database
        .updateTable('webhooks')
        .set({ leaseOwner: owner, leaseUntil: until })
        .where('name', '=', name)
        .where('enabled', '=', 1)
        .where((e) => e.or([e('leaseOwner', '=', owner), e('leaseUntil', '<=', now)]))
        .returningAll()
        .executeTakeFirst();
      return row ?? null;
    },
    async release(name, owner) {
      await database
        .updateTable('webhooks')
        .set({ leaseOwner: null, leaseUntil: 0 })
        .where('name', '=', name)
        .where('leaseOwner', '=', owner)
        .execute();
    },
    async withQueued() {
      const rows = await database
        .selectFrom('deadLetters')
        .select('webhook')
        .distinct()
        .where('queued', '=', 1)
        .execute();
      return new Set(rows.map((row) => row.webhook));
    },
    async nextQueued(name) {
      const row = await database
        .selectFrom('deadLetters')
        .selectAll()
        .where('webhook', '=', name)
        .where('queued', '=', 1)
        .orderBy('seq')
        .limit(1)
        .executeTakeFirst();
      return row ?? null;
    },
    note: ({ name, owner, leaseUntil, seq, outcome, wasDead, tries, nextTryAt, attempt, keepDeadLetters }) =>
      database.transaction().execute(async (tx) => {
        const isLater = outcome === 'later';
        const moves = !isLater && !wasDead ? { position: seq } : {};
        const triesNow = wasDead ? {} : { tries: isLater ? tries : 0 };
        const row = await tx
          .updateTable('webhooks')
          .set({ leaseUntil, nextTryAt, ...moves, ...triesNow, ...outcomeOf(attempt) })
          .where('name', '=', name)
          .where('leaseOwner', '=', owner)
          .returning('name')
          .executeTakeFirst();
        if (row === undefined) return false;
        if (outcome === 'done' && wasDead)
          await tx.deleteFrom('deadLetters').where('webhook', '=', name).where('seq', '=', seq).execute();
        else if (outcome === 'dead' || wasDead) {
          const letter: DeadLetter = {
            webhook: name,
            seq,
            diedAt: attempt.at,
            tries,
            lastStatus: attempt.status,
            lastError: attempt.error,
            queued: outcome === 'later' ? 1 : 0,
          };
          const { webhook: _name, seq: _seq, ...changed } = letter;
          await tx
            .insertInto('deadLetters')
            .values(letter)
            .onConflict((c) => c.columns(['webhook', 'seq']).doUpdateSet(changed))
            .execute();
          await trim(tx, name, keepDeadLetters);
        }
        return true;
      }),
  };
}
