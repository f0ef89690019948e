import { type SelectQueryBuilder, sql } from 'kysely';
import type { ClientFilter, ClientStore } from '../ports.ts';
import { type ClientSort, type ClientState, deletedReason } from '../ports/clients.ts';
import { appendAudit, lockChain } from './audit.ts';
import { clientOfId, clientOfKey, ownerOf, receiptsOf } from './identity.ts';
import { sqlClientKeys } from './client-keys.ts';
import type { Inventory } from './inventory.ts';
import { gathered } from './gathered.ts';
import { among, inOneOrder, prepared } from './lists.ts';
import { importClient } from './moving.ts';
import { Keyset, numbers, numbersOrNone, texts } from './keyset.ts';
import { contains, hasFingerprint } from './paging.ts';
import { deviceSeenStep } from './reports.ts';
import type { Engine, Tables } from './schema.ts';
import { moveState } from './states.ts';

/** Keeps what an operator asks for; only columns of the indexes of the list are touched. */
function filtered<O>(
  query: SelectQueryBuilder<Tables, 'clients', O>,
  { state, text, fingerprintPrefix, authority, label }: ClientFilter,
): SelectQueryBuilder<Tables, 'clients', O> {
  let found = query;
  if (state !== undefined) found = found.where('state', '=', state);
  // Not as a bare column: an index on it would be taken, and then all its rows sorted by time for each page.
  if (authority !== undefined) found = found.where(sql<boolean>`coalesce("authority", '') = ${authority}`);
  if (text !== undefined) found = found.where(sql<boolean>`"search" like ${contains(text)} escape '!'`);
  if (label !== undefined) {
    const [key = '', value] = label.split(/=(.*)/s);
    const part = `${JSON.stringify(key)}:${value === undefined ? '' : JSON.stringify(value)}`;
    found = found.where(sql<boolean>`"labels" like ${contains(part, true)} escape '!'`);
  }
  return fingerprintPrefix === undefined ? found : found.where(hasFingerprint(fingerprintPrefix));
}

/** The clients over SQL. */
export function sqlClients(engine: Engine, inventory: Inventory): ClientStore {
  const { database } = engine;
  const keyset = new Keyset<ClientSort>('clientId', {
    createdAt: numbers('createdAt'),
    lastSeenAt: numbersOrNone('lastSeenAt'),
    subject: texts(engine, 'subject'),
    notAfter: numbers('notAfter'),
    labels: texts(engine, 'labels'),
  });
  return {
    ...sqlClientKeys(database),
    importClient: importClient(database, inventory),
    byId: gathered(async (clientIds) => {
      const rows = await database
        .selectFrom('clients')
        .modifyFront(prepared)
        .selectAll()
        .where(among(engine, 'clientId', clientIds))
        .execute();
      return new Map(rows.map((row) => [row.clientId, row]));
    }),
    async byKey(spkiSha256) {
      return (await clientOfKey(database, spkiSha256)) ?? null;
    },
    receipts: (clientId) => receiptsOf(database, clientId),
    async keyOnFile(spkiSha256) {
      return (await ownerOf(database, spkiSha256)) ?? null;
    },
    async previousKey(clientId, now) {
      const row = await database
        .selectFrom('clientKeys')
        .selectAll()
        .where('clientId', '=', clientId)
        .where('state', '=', 'previous')
        .where('until', '>', now)
        .executeTakeFirst();
      return row ?? null;
    },
    async list(o) {
      // The page is found in an index; then only its own rows are read.
      const found = keyset.rows(filtered(database.selectFrom('clients').select('clientId'), o), o);
      const { items, nextCursor } = keyset.page(await found.execute(), o);
      if (items.length === 0) return { items: [], nextCursor };
      const ids = items.map((row) => row.clientId);
      const rows = await database.selectFrom('clients').selectAll().where('clientId', 'in', ids).execute();
      const byId = new Map(rows.map((row) => [row.clientId, row]));
      return { items: ids.flatMap((id) => byId.get(id) ?? []), nextCursor };
    },
    async lookalike(subject, authority, spkiSha256) {
      const row = await database
        .selectFrom('clients')
        .select('clientId')
        .where('subject', '=', subject)
        .where('authority', '=', authority)
        .where('spkiSha256', '!=', spkiSha256)
        .where('state', '=', 'active')
        .executeTakeFirst();
      return row?.clientId ?? null;
    },
    setState: (clientId, from, to, actor, now, reason) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        return moveState(tx, clientId, { from, to, actor, now, reason });
      }),
    async setLabels(clientId, labels, actor, now) {
      const isThere = await database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const client = await clientOfId(tx, clientId);
        if (client === undefined) return false;
        const text = JSON.stringify(labels);
        if (text === client.labels) return true;
        await tx
          .updateTable('clients')
          .set({ labels: text, updatedAt: now })
          .where('clientId', '=', clientId)
          .execute();
        await inventory.relabel(tx, clientId, null, now);
        await appendAudit(tx, {
          at: now,
          actor,
          action: 'client.labelled',
          subject: clientId,
          detail: { before: JSON.parse(client.labels) as unknown, after: labels },
        });
        return true;
      });
      inventory.queue.soon();
      return isThere;
    },
    async touch(seen) {
      if (seen.size === 0) return;
      await database.transaction().execute(async (tx) => {
        const inOrder = inOneOrder(seen);
        for (const [clientId, at] of inOrder)
          await tx
            .updateTable('clients')
            .set({ lastSeenAt: at })
            .where('clientId', '=', clientId)
            // The list is sorted by it: an index moves with it.
            .where(sql<boolean>`coalesce("lastSeenAt", 0) < ${at - deviceSeenStep}`)
            .execute();
        for (const [clientId, at] of inOrder)
          await tx
            .updateTable('devices')
            .set({ lastSeenAt: at })
            .where('clientId', '=', clientId)
            .where('lastSeenAt', '<', at - deviceSeenStep)
            .execute();
      });
    },
    async setCaPins(clientId, caPins) {
      await database.updateTable('clients').set({ caPins }).where('clientId', '=', clientId).execute();
    },
    async withoutPin(pin, limit) {
      const lacking = database
        .selectFrom('clients')
        .where('state', '=', 'active')
        .where(sql<boolean>`("caPins" is null or "caPins" not like ${contains(pin)} escape '!')`);
      const row = await lacking.select((e) => e.fn.countAll<number>().as('n')).executeTakeFirstOrThrow();
      const some = await lacking.select('clientId').orderBy('createdAt').limit(limit).execute();
      return { count: Number(row.n), clientIds: some.map((c) => c.clientId) };
    },
    async countByState() {
      const rows = await database
        .selectFrom('clients')
        .select(['state', (e) => e.fn.countAll<number>().as('n')])
        .groupBy('state')
        .execute();
      const counts: Record<ClientState, number> = { active: 0, blocked: 0, retired: 0 };
      for (const { state, n } of rows) counts[state] = Number(n);
      return counts;
    },
    delete: (clientId, actor, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const client = await tx
          .deleteFrom('clients')
          .where('clientId', '=', clientId)
          .returning(['spkiSha256', 'state'])
          .executeTakeFirst();
        if (client === undefined) return false;
        await tx
          .updateTable('clientKeys')
          .set({ state: 'given-up', until: null })
          .where('clientId', '=', clientId)
          .where('spkiSha256', '!=', client.spkiSha256)
          .execute();
        await tx.deleteFrom('clientKeys').where('spkiSha256', '=', client.spkiSha256).execute();
        // Its keys stay known as refused: they come back only by a new decision of an operator.
        await tx
          .updateTable('enrollments')
          .set({
            state: 'rejected',
            clientId: null,
            decidedAt: now,
            decidedBy: actor,
            reason: deletedReason,
          })
          .where((e) => e.or([e('clientId', '=', clientId), e('spkiSha256', '=', client.spkiSha256)]))
          .execute();
        await appendAudit(tx, {
          at: now,
          actor,
          action: 'client.deleted',
          subject: clientId,
          detail: { before: client.state, key: client.spkiSha256 },
        });
        return true;
      }),
  };
}
