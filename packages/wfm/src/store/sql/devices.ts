import { sql } from 'kysely';
import type { DeviceStore } from '../ports.ts';
import { contains, page, readCursor } from './paging.ts';
import type { Database, Engine } from './schema.ts';

/** The reported devices over SQL. */
export function sqlDevices(engine: Engine): DeviceStore {
  const database: Database = engine.database;
  return {
    async get(clientId, deviceId) {
      return (
        (await database
          .selectFrom('devices')
          .selectAll()
          .where('clientId', '=', clientId)
          .where('deviceId', '=', deviceId)
          .executeTakeFirst()) ?? null
      );
    },
    async list({ limit, cursor, clientId, text }) {
      let query = database
        .selectFrom('devices')
        .selectAll()
        .orderBy('createdAt')
        .orderBy('clientId')
        .orderBy('deviceId')
        .limit(limit + 1);
      if (clientId !== undefined) query = query.where('clientId', '=', clientId);
      if (text !== undefined)
        query = query.where(sql<boolean>`lower("model") like ${contains(text)} escape '!'`);
      const after = readCursor(cursor, 3);
      if (after !== undefined)
        query = query.where(
          sql<boolean>`("createdAt", "clientId", "deviceId") > (${after[0]}, ${after[1]}, ${after[2]})`,
        );
      return page(await query.execute(), limit, (row) => [row.createdAt, row.clientId, row.deviceId]);
    },
    upsert: (o) =>
      database.transaction().execute(async (tx) => {
        // On PostgreSQL the client's row orders its own reports and a deletion; SQLite has one writer anyway.
        let owner = tx.selectFrom('clients').select('clientId').where('clientId', '=', o.clientId);
        if (engine.name === 'postgres') owner = owner.forUpdate();
        if ((await owner.executeTakeFirst()) === undefined) return 'client-not-found';
        const slash = o.deviceId.indexOf('/');
        if (o.mode === 'keyed' && slash > 0) {
          const gateway = await tx
            .selectFrom('devices')
            .select('deviceId')
            .where('clientId', '=', o.clientId)
            .where('deviceId', '=', o.deviceId.slice(0, slash))
            .executeTakeFirst();
          if (gateway === undefined) return 'gateway-not-found';
        }
        if (o.mode === 'single')
          await tx
            .deleteFrom('devices')
            .where('clientId', '=', o.clientId)
            .where('deviceId', '!=', o.deviceId)
            .execute();
        const present = await tx
          .selectFrom('devices')
          .select(['digest', 'revision'])
          .where('clientId', '=', o.clientId)
          .where('deviceId', '=', o.deviceId)
          .executeTakeFirst();
        const { clientId, deviceId, profile, model, document, digest, now } = o;
        if (present === undefined) {
          await tx
            .insertInto('devices')
            .values({
              clientId,
              deviceId,
              profile,
              model,
              document,
              digest,
              revision: 1,
              createdAt: now,
              updatedAt: now,
              lastSeenAt: now,
            })
            .execute();
          return 'created';
        }
        const same = present.digest === digest;
        const change = same
          ? { lastSeenAt: now }
          : {
              profile,
              model,
              document,
              digest,
              revision: present.revision + 1,
              updatedAt: now,
              lastSeenAt: now,
            };
        await tx
          .updateTable('devices')
          .set(change)
          .where('clientId', '=', clientId)
          .where('deviceId', '=', deviceId)
          .execute();
        return same ? 'unchanged' : 'updated';
      }),
    async remove(clientId, deviceId) {
      const below = `${deviceId.replace(/[!%_]/g, '!$&')}/%`;
      const result = await database
        .deleteFrom('devices')
        .where('clientId', '=', clientId)
        .where(sql<boolean>`("deviceId" = ${deviceId} or "deviceId" like ${below} escape '!')`)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
