import { sql } from 'kysely';
import type { AlertSort, DeviceSort, DriftAlert, FleetStore } from '../ports/inventory.ts';
import { unpackReport, withReport } from './kept-report.ts';
import { countSeen } from './count-seen.ts';
import { countsOf } from './counts.ts';
import { among, amongPairs } from './lists.ts';
import { Keyset, numbers } from './keyset.ts';
import type { Engine } from './schema.ts';
import { statement } from './statement.ts';

const keyset = new Keyset<AlertSort>('alertId', { since: numbers('since') });
const sortColumns: Readonly<Record<DeviceSort, string>> = {
  created: 'createdAt',
  id: 'deviceId',
  seen: 'lastSeenAt',
  changed: 'updatedAt',
};

/** No device id or time stands beyond these. */
const ends = {
  text: { asc: '', desc: '\u{10ffff}' },
  number: { asc: 0, desc: Number.MAX_SAFE_INTEGER },
} as const;

const offersAfter = statement((on, { after, limit }: { after: number; limit: number }) =>
  on
    .selectFrom('offers')
    .select(['offerId as id', 'digest', 'offer as json'])
    .where('offerId', '>', after)
    .orderBy('offerId')
    .limit(limit),
);
const labelSetsAfter = statement((on, { after, limit }: { after: number; limit: number }) =>
  on
    .selectFrom('labelSets')
    .select(['labelSetId as id', 'labels as json'])
    .where('labelSetId', '>', after)
    .orderBy('labelSetId')
    .limit(limit),
);
const clientsNotActive = statement((on) =>
  on.selectFrom('clients').select(['clientId', 'state']).where('state', '<>', 'active'),
);

/** What placement and search read, over SQL. */
export function sqlFleet(engine: Engine): FleetStore {
  const { database } = engine;
  const row = ['clientId', 'deviceId', 'offerId', 'labelSetId'] as const;
  const rows = () =>
    database.selectFrom('devices').select(row).where('offerId', 'is not', null).$narrowType<{
      offerId: number;
      labelSetId: number;
    }>();
  return {
    offersAfter: (after, limit) => offersAfter(database, { after, limit }),
    offersAmong: (ids) =>
      database
        .selectFrom('offers')
        .select(['offerId as id', 'digest', 'offer as json'])
        .where(among(engine, 'offerId', ids))
        .execute(),
    labelSetsAfter: (after, limit) => labelSetsAfter(database, { after, limit }),
    labelSetsAmong: (ids) =>
      database
        .selectFrom('labelSets')
        .select(['labelSetId as id', 'labels as json'])
        .where(among(engine, 'labelSetId', ids))
        .execute(),
    offerCounts: (after, limit) =>
      countsOf(
        engine,
        database
          .selectFrom('offers')
          .select(['offerId as id', 'devices'])
          .where('offerId', '>', after)
          .orderBy('offerId')
          .limit(limit),
      ),
    offerCountsOf: (labelSetIds) =>
      countsOf(
        engine,
        database
          .selectFrom('deviceGroups')
          .select(['offerId as id', sql<number>`cast(sum("devices") as bigint)`.as('devices')])
          .where(among(engine, 'labelSetId', labelSetIds))
          .groupBy('offerId'),
      ),
    labelSetCountsAfter: (after, limit) =>
      countsOf(
        engine,
        database
          .selectFrom('labelSets')
          .select(['labelSetId as id', 'devices'])
          .where('labelSetId', '>', after)
          .orderBy('labelSetId')
          .limit(limit),
      ),
    labelSetCounts: (ids) =>
      countsOf(
        engine,
        database
          .selectFrom('labelSets')
          .select(['labelSetId as id', 'devices'])
          .where(among(engine, 'labelSetId', ids)),
      ),
    groups: ([labelSetId, offerId], limit) =>
      database
        .selectFrom('deviceGroups')
        .selectAll()
        .where(sql<boolean>`("labelSetId", "offerId") > (${labelSetId}, ${offerId})`)
        .orderBy('labelSetId')
        .orderBy('offerId')
        .limit(limit)
        .execute(),
    groupsOf: (labelSetIds) =>
      database
        .selectFrom('deviceGroups')
        .selectAll()
        .where(among(engine, 'labelSetId', labelSetIds))
        .execute(),
    rowsOfOffer: (offerId, [clientId, deviceId], limit) =>
      rows()
        .where('offerId', '=', offerId)
        .where(sql<boolean>`("clientId", "deviceId") > (${clientId}, ${deviceId})`)
        .orderBy('clientId')
        .orderBy('deviceId')
        .limit(limit)
        .execute(),
    rowsOfOffers: (offerIds, labelSetIds) => {
      const query = rows().where(among(engine, 'offerId', offerIds));
      return (labelSetIds === null ? query : query.where(among(engine, 'labelSetId', labelSetIds))).execute();
    },
    rowsOfLabels: (labelSetIds) =>
      rows()
        .where(among(engine, 'labelSetId', labelSetIds))
        .execute(),
    rowsOfClients: (clientIds) =>
      rows()
        .where(among(engine, 'clientId', clientIds))
        .execute(),
    rows: ([clientId, deviceId], limit) =>
      rows()
        .where(sql<boolean>`("clientId", "deviceId") > (${clientId}, ${deviceId})`)
        .orderBy('clientId')
        .orderBy('deviceId')
        .limit(limit)
        .execute(),
    row: async (clientId, deviceId) =>
      (await rows().where('clientId', '=', clientId).where('deviceId', '=', deviceId).executeTakeFirst()) ??
      null,
    async records(keys) {
      if (keys.length === 0) return [];
      const found = await database
        .selectFrom('devices')
        .selectAll()
        .where(amongPairs(engine, ['clientId', 'deviceId'], keys))
        .where('offerId', 'is not', null)
        .$narrowType<{ offerId: number; labelSetId: number }>()
        .execute();
      return found.map(withReport);
    },
    async sorted({ sort, descending, limit, after, clientId }) {
      const column = sortColumns[sort];
      const direction = descending ? 'desc' : 'asc';
      let query = database
        .selectFrom('devices')
        .selectAll()
        .orderBy(sql.ref(column), direction)
        .orderBy('clientId', direction)
        .orderBy('deviceId', direction)
        .limit(limit);
      if (clientId !== undefined) query = query.where('clientId', '=', clientId);
      const beyond = sql.raw(descending ? '<' : '>');
      // Also the first page begins somewhere: without a bound SQLite sorts all devices instead of taking the index.
      query = query.where(
        after === undefined
          ? sql<boolean>`${sql.ref(column)} ${beyond}= ${ends[sort === 'id' ? 'text' : 'number'][direction]}`
          : sql<boolean>`(${sql.ref(column)}, "clientId", "deviceId") ${beyond} (${after[0]}, ${after[1]}, ${after[2]})`,
      );
      const found = await query.$narrowType<{ offerId: number; labelSetId: number }>().execute();
      return found.map(withReport);
    },
    async clientsNotActive() {
      const found = await clientsNotActive(database, {});
      return new Map(found.map((c) => [c.clientId, c.state]));
    },
    async clientState(clientId) {
      const found = await database
        .selectFrom('clients')
        .select('state')
        .where('clientId', '=', clientId)
        .executeTakeFirst();
      return found?.state ?? null;
    },
    countSeen: countSeen(engine),
    async countDevices() {
      const found = await database
        .selectFrom('offers')
        .select((e) => e.fn.sum<number | null>('devices').as('n'))
        .executeTakeFirstOrThrow();
      return Number(found.n ?? 0);
    },
    async revisions(clientId, deviceId) {
      const of = { clientId, deviceId };
      const columns = ['revision', 'profile', 'digest', 'report', 'change'] as const;
      const [current, past] = await Promise.all([
        database
          .selectFrom('devices')
          .select([...columns, 'updatedAt as at'])
          .where((e) => e.and(of))
          .execute(),
        database
          .selectFrom('revisions')
          .select([...columns, 'at'])
          .where((e) => e.and(of))
          .orderBy('revision', 'desc')
          .execute(),
      ]);
      return [...current, ...past].map(({ report, change, ...r }) => ({
        ...r,
        document: unpackReport(report).document,
        change: change === null ? [] : (JSON.parse(change) as string[]),
      }));
    },
    async alerts({ clientId, ...o }) {
      let query = database
        .selectFrom('drift')
        .select([
          'alertId',
          'reservationId',
          'requirement',
          'clientId',
          'deviceId',
          'application',
          'lost',
          'since',
        ]);
      if (clientId !== undefined) query = query.where('clientId', '=', clientId);
      const { items, nextCursor } = keyset.page(await keyset.rows(query, o).execute(), o);
      const alerts = items.map((a): DriftAlert => ({ ...a, lost: JSON.parse(a.lost) as string[] }));
      return { items: alerts, nextCursor };
    },
  };
}
