import { sql } from 'kysely';
import type { ClientStore } from '../ports.ts';
import { appendAudit, lockChain } from './audit.ts';
import { contains, page, readCursor } from './paging.ts';
import type { Database } from './schema.ts';

/** The clients over SQL. */
export function sqlClients(database: Database): ClientStore {
  return {
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
    async list({ limit, cursor, state, text, fingerprintPrefix }) {
      let query = database
        .selectFrom('clients')
        .selectAll()
        .orderBy('createdAt')
        .orderBy('clientId')
        .limit(limit + 1);
      if (state !== undefined) query = query.where('state', '=', state);
      if (text !== undefined) {
        const pattern = contains(text);
        query = query.where(
          sql<boolean>`(lower("subject") like ${pattern} escape '!' or lower("clientId") like ${pattern} escape '!')`,
        );
      }
      if (fingerprintPrefix !== undefined) {
        const pattern = contains(fingerprintPrefix).slice(1);
        query = query.where(
          sql<boolean>`("certificateSha256" like ${pattern} escape '!' or "spkiSha256" like ${pattern} escape '!')`,
        );
      }
      const after = readCursor(cursor, 2);
      if (after !== undefined)
        query = query.where(sql<boolean>`("createdAt", "clientId") > (${after[0]}, ${after[1]})`);
      return page(await query.execute(), limit, (row) => [row.createdAt, row.clientId]);
    },
    setState: (clientId, from, to, actor, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const client = await tx
          .selectFrom('clients')
          .select('state')
          .where('clientId', '=', clientId)
          .executeTakeFirst();
        if (client === undefined) return 'not-found';
        if (client.state === to) return 'unchanged';
        if (!from.includes(client.state)) return 'conflict';
        await tx
          .updateTable('clients')
          .set({ state: to, updatedAt: now })
          .where('clientId', '=', clientId)
          .execute();
        await appendAudit(tx, {
          at: now,
          actor,
          action: `client.${to}`,
          subject: clientId,
          detail: { before: client.state, after: to },
        });
        return 'changed';
      }),
    async touch(seen) {
      if (seen.size === 0) return;
      await database.transaction().execute(async (tx) => {
        for (const [clientId, at] of seen)
          await tx.updateTable('clients').set({ lastSeenAt: at }).where('clientId', '=', clientId).execute();
      });
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
        // The key stays known as refused: it comes back only by a new decision of an operator.
        await tx
          .updateTable('enrollments')
          .set({
            state: 'rejected',
            clientId: null,
            decidedAt: now,
            decidedBy: actor,
            reason: 'client deleted',
          })
          .where('spkiSha256', '=', client.spkiSha256)
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
