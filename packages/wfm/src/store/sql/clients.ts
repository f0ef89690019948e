import { sql } from 'kysely';
import type { ClientFilter, ClientStore } from '../ports.ts';
import { deletedReason } from '../ports/clients.ts';
import { appendAudit, lockChain } from './audit.ts';
import { bindKey, keepReceipt, ownerOf, raiseCloneAlarm, receiptsOf } from './identity.ts';
import type { Inventory } from './inventory.ts';
import { importClient } from './moving.ts';
import { noteDecided } from './requests.ts';
import { contains, page, readCursor } from './paging.ts';
import { deviceSeenStep } from './reports.ts';
import type { Database } from './schema.ts';
import { moveState } from './states.ts';

/** The ids of one page: only columns of the index `clientsFilter` are touched. */
async function idsOf(
  database: Database,
  limit: number,
  after: (string | number)[] | undefined,
  filter: ClientFilter,
): Promise<string[]> {
  const { state, text, fingerprintPrefix, authority, label } = filter;
  let query = database
    .selectFrom('clients')
    .select('clientId')
    .orderBy('createdAt')
    .orderBy('clientId')
    .limit(limit);
  if (state !== undefined) query = query.where('state', '=', state);
  // Not as a bare column: an index on it would be taken, and then all its rows sorted by time for each page.
  if (authority !== undefined) query = query.where(sql<boolean>`coalesce("authority", '') = ${authority}`);
  if (text !== undefined) query = query.where(sql<boolean>`"search" like ${contains(text)} escape '!'`);
  if (label !== undefined) {
    const [key = '', value] = label.split(/=(.*)/s);
    const part = `${JSON.stringify(key)}:${value === undefined ? '' : JSON.stringify(value)}`;
    query = query.where(sql<boolean>`"labels" like ${contains(part, true)} escape '!'`);
  }
  if (fingerprintPrefix !== undefined) {
    // A range finds a prefix by index in either column; `g` is the first letter beyond hex.
    const end = `${fingerprintPrefix}g`;
    query = query.where(
      sql<boolean>`(("certificateSha256" >= ${fingerprintPrefix} and "certificateSha256" < ${end}) or ("spkiSha256" >= ${fingerprintPrefix} and "spkiSha256" < ${end}))`,
    );
  }
  if (after !== undefined)
    query = query.where(sql<boolean>`("createdAt", "clientId") > (${after[0]}, ${after[1]})`);
  return (await query.execute()).map((row) => row.clientId);
}

/** The clients over SQL. */
export function sqlClients(database: Database, inventory: Inventory): ClientStore {
  return {
    importClient: importClient(database, inventory),
    async byId(clientId) {
      return (
        (await database
          .selectFrom('clients')
          .selectAll()
          .where('clientId', '=', clientId)
          .executeTakeFirst()) ?? null
      );
    },
    async byKey(spkiSha256) {
      return (
        (await database
          .selectFrom('clients')
          .selectAll()
          .where('spkiSha256', '=', spkiSha256)
          .executeTakeFirst()) ?? null
      );
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
    async list({ limit, cursor, ...filter }) {
      const ids = await idsOf(database, limit + 1, readCursor(cursor, 2), filter);
      if (ids.length === 0) return { items: [], nextCursor: null };
      const rows = await database
        .selectFrom('clients')
        .selectAll()
        .where('clientId', 'in', ids)
        .orderBy('createdAt')
        .orderBy('clientId')
        .execute();
      return page(rows, limit, (row) => [row.createdAt, row.clientId]);
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
    setLabels: (clientId, labels, actor, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const client = await tx
          .selectFrom('clients')
          .select('labels')
          .where('clientId', '=', clientId)
          .executeTakeFirst();
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
      }),
    rotate: ({ clientId, oldKey, applicant, receipt, overlapUntil, now }) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const client = await tx
          .selectFrom('clients')
          .selectAll()
          .where('clientId', '=', clientId)
          .executeTakeFirst();
        if (client === undefined || client.state !== 'active') return 'conflict';
        if (client.spkiSha256 === applicant.spkiSha256) return 'unchanged';
        if (client.spkiSha256 !== oldKey) return 'conflict';
        const bound = await bindKey(tx, client, applicant, { until: overlapUntil, now });
        if (bound === null) return 'conflict';
        const decidedBy = `client ${clientId}`;
        await noteDecided(tx, applicant, { clientId, decidedBy, reason: 'key rotation', now });
        await keepReceipt(tx, receipt, applicant, { rule: 'key rotation', decidedBy, clientId, now });
        await appendAudit(tx, {
          at: now,
          actor: decidedBy,
          action: 'key.rotated',
          subject: clientId,
          detail: {
            before: client.spkiSha256,
            after: applicant.spkiSha256,
            certificate: applicant.certificateSha256,
            overlapUntil: new Date(overlapUntil).toISOString(),
            from: applicant.remoteAddress,
          },
        });
        return 'rotated';
      }),
    dropPreviousKeys: (now) =>
      database.transaction().execute(async (tx) => {
        const ended = await tx
          .updateTable('clientKeys')
          .set({ state: 'given-up', until: null })
          .where('state', '=', 'previous')
          .where('until', '<=', now)
          .returning(['clientId', 'spkiSha256'])
          .execute();
        for (const { clientId, spkiSha256 } of ended) {
          await tx
            .updateTable('clients')
            .set({ previousUntil: null })
            .where('clientId', '=', clientId)
            .execute();
          await appendAudit(tx, {
            at: now,
            actor: 'policy',
            action: 'key.givenUp',
            subject: clientId,
            detail: { key: spkiSha256 },
          });
        }
        return ended.length;
      }),
    blockRevoked: (authority, serials, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const active = await tx
          .selectFrom('clients')
          .select(['clientId', 'serialNumber'])
          .where('authority', '=', authority)
          .where('state', '=', 'active')
          .execute();
        const hit = active.filter((c) => serials.has(c.serialNumber));
        for (const { clientId, serialNumber } of hit) {
          const blockedReason = `certificate ${serialNumber} revoked by ${authority}`;
          await tx
            .updateTable('clients')
            .set({ state: 'blocked', blockedReason, updatedAt: now })
            .where('clientId', '=', clientId)
            .execute();
          await appendAudit(tx, {
            at: now,
            actor: `authority ${authority}`,
            action: 'client.blocked',
            subject: clientId,
            detail: { before: 'active', after: 'blocked', reason: blockedReason },
          });
        }
        return hit.map((c) => c.clientId);
      }),
    async setHistory(clientId, from, to, now) {
      const row = await database
        .updateTable('clients')
        .set({ history: to.latest, historyConfirmed: to.confirmed, historyAt: now })
        .where('clientId', '=', clientId)
        .where('history', '=', from.latest)
        .where('historyConfirmed', '=', from.confirmed)
        .returning('clientId')
        .executeTakeFirst();
      return row !== undefined;
    },
    raiseCloneAlarm: (clientId, why, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const client = await tx
          .selectFrom('clients')
          .selectAll()
          .where('clientId', '=', clientId)
          .executeTakeFirst();
        if (client?.state === 'active') await raiseCloneAlarm(tx, client, why, now);
      }),
    async touch(seen) {
      if (seen.size === 0) return;
      await database.transaction().execute(async (tx) => {
        for (const [clientId, at] of seen)
          await tx.updateTable('clients').set({ lastSeenAt: at }).where('clientId', '=', clientId).execute();
        for (const [clientId, at] of seen)
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
    async count() {
      const row = await database
        .selectFrom('clients')
        .select((e) => e.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
      return Number(row.n);
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
