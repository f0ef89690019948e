import { sql } from 'kysely';
import type { DeviceStore } from '../ports.ts';
import { inventoryDiff } from '../../fleet/inventory-diff.ts';
import { offerOf } from '../../placement/offer.ts';
import { modelOf } from '../../fleet/stored-model.ts';
import { keptRevisions, KnownIds, noteDrift, selectorColumns } from './inventory.ts';
import { grouped } from './group-commit.ts';
import { contains, page, readCursor } from './paging.ts';
import type { Database, Engine, Tx } from './schema.ts';

/** The reported devices over SQL. */
export function sqlDevices(engine: Engine): DeviceStore {
  const database: Database = engine.database;
  let known = { offers: new KnownIds(), labelSets: new KnownIds() };
  type Upsert = Parameters<DeviceStore['upsert']>[0];
  type Upserted = Awaited<ReturnType<DeviceStore['upsert']>>;

  async function store(tx: Tx, o: Upsert): Promise<Upserted> {
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
      .selectAll()
      .where('clientId', '=', o.clientId)
      .where('deviceId', '=', o.deviceId)
      .executeTakeFirst();
    const { clientId, deviceId, profile, model, document, digest, now } = o;
    const same = present?.digest === digest;
    const parsed = modelOf(model);
    const columns = same ? undefined : await selectorColumns(tx, clientId, parsed, known);
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
          change: null,
          offerId: null,
          labelSetId: null,
          ...columns,
        })
        .execute();
      return 'created';
    }
    const update = tx
      .updateTable('devices')
      .where('clientId', '=', clientId)
      .where('deviceId', '=', deviceId);
    if (same) {
      await update.set({ lastSeenAt: now }).execute();
      return 'unchanged';
    }
    const revision = present.revision + 1;
    await tx
      .insertInto('revisions')
      .values({
        clientId,
        deviceId,
        revision: present.revision,
        at: present.updatedAt,
        profile: present.profile,
        digest: present.digest,
        document: present.document,
        change: present.change,
      })
      .execute();
    if (revision > keptRevisions)
      await tx
        .deleteFrom('revisions')
        .where('clientId', '=', clientId)
        .where('deviceId', '=', deviceId)
        .where('revision', '<', revision - keptRevisions)
        .execute();
    await update
      .set({
        profile,
        model,
        document,
        digest,
        revision,
        updatedAt: now,
        lastSeenAt: now,
        change: JSON.stringify(inventoryDiff(modelOf(present.model), parsed)),
        ...columns,
      })
      .execute();
    if (columns?.offerId !== present.offerId) await noteDrift(tx, clientId, deviceId, offerOf(parsed), now);
    return 'updated';
  }

  const upsert =
    engine.name === 'sqlite'
      ? grouped(database, store, () => {
          // Ids that were found in a transaction that is gone may be given to others.
          known = { offers: new KnownIds(), labelSets: new KnownIds() };
        })
      : (o: Upsert): Promise<Upserted> => database.transaction().execute((tx) => store(tx, o));

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
    upsert,
    remove: (clientId, deviceId) =>
      database.transaction().execute(async (tx) => {
        const below = `${deviceId.replace(/[!%_]/g, '!$&')}/%`;
        const these = sql<boolean>`("deviceId" = ${deviceId} or "deviceId" like ${below} escape '!')`;
        const result = await tx
          .deleteFrom('devices')
          .where('clientId', '=', clientId)
          .where(these)
          .executeTakeFirst();
        await tx.deleteFrom('labels').where('clientId', '=', clientId).where(these).execute();
        return Number(result.numDeletedRows);
      }),
  };
}
