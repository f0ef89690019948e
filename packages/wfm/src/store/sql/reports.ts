/** Many reports in one transaction: what they touch is read at once, they are taken in order, and written at once. */
import type { Insertable, Selectable } from 'kysely';
import { inventoryDiff } from '../../fleet/inventory-diff.ts';
import { modelOf } from '../../fleet/stored-model.ts';
import type { DeviceStore } from '../ports.ts';
import type { Inventory } from './inventory.ts';
import { packReport, unpackReport } from './kept-report.ts';
import { among, amongPairs } from './lists.ts';
import { claimAll } from './replay.ts';
import type { Engine, Tables, Tx } from './schema.ts';

export type Report = Parameters<DeviceStore['upsert']>[0];
export type Stored = Awaited<ReturnType<DeviceStore['upsert']>>;
type Row = Selectable<Tables['devices']>;
type Past = Insertable<Tables['revisions']>;
type Key = readonly [clientId: string, deviceId: string];

/** Superseded revisions that are kept of each device. */
const keptRevisions = 20;

/** A device's last sight is written no more often: each write moves it in an index. */
export const deviceSeenStep = 60_000;

/** A device as it is after the reports that were taken so far. */
interface Device {
  row: Row;
  /** Unpacked only where it is asked for: most reports say nothing new. */
  model: () => string;
  readonly past: Past[];
  /** As it is in the table; undefined where the device is new. */
  readonly before: Row | undefined;
  written: 'not' | 'seen' | 'whole';
}

/** The clients with their devices that these reports are about. */
class Touched {
  readonly #clients = new Map<string, { labels: string; devices: Map<string, Device> }>();
  readonly removed: Key[] = [];

  static async read(engine: Engine, tx: Tx, reports: readonly Report[]): Promise<Touched> {
    const touched = new Touched();
    const clientIds = [...new Set(reports.map((r) => r.clientId))];
    let owners = tx
      .selectFrom('clients')
      .select(['clientId', 'labels'])
      .where(among(engine, 'clientId', clientIds))
      .orderBy('clientId');
    // On PostgreSQL the client's row orders its own reports and a deletion; SQLite has one writer anyway.
    if (engine.name === 'postgres') owners = owners.forNoKeyUpdate();
    for (const { clientId, labels } of await owners.execute())
      touched.#clients.set(clientId, { labels, devices: new Map() });
    const keys = reports.flatMap(({ clientId, deviceId }): Key[] => [
      [clientId, deviceId],
      ...(deviceId.includes('/') ? [[clientId, gatewayOf(deviceId)] as const] : []),
    ]);
    const whole = reports.filter((r) => r.mode === 'single').map((r) => r.clientId);
    const rows = await tx
      .selectFrom('devices')
      .selectAll()
      .where((e) =>
        whole.length === 0
          ? amongPairs(engine, ['clientId', 'deviceId'], keys)
          : e.or([amongPairs(engine, ['clientId', 'deviceId'], keys), among(engine, 'clientId', whole)]),
      )
      .execute();
    for (const row of rows)
      touched.#clients.get(row.clientId)?.devices.set(row.deviceId, {
        row,
        model: () => unpackReport(row.report).model,
        past: [],
        before: row,
        written: 'not',
      });
    return touched;
  }

  client(clientId: string): { readonly labels: string; readonly devices: Map<string, Device> } | undefined {
    return this.#clients.get(clientId);
  }

  devices(written: Device['written']): Device[] {
    return [...this.#clients.values()].flatMap(({ devices }) =>
      [...devices.values()].filter((d) => d.written === written),
    );
  }
}

const gatewayOf = (deviceId: string): string => deviceId.slice(0, deviceId.indexOf('/'));

function take(touched: Touched, report: Report): Stored {
  const { clientId, deviceId, profile, model, document, digest, now, mode } = report;
  const devices = touched.client(clientId)?.devices;
  if (devices === undefined) return 'client-not-found';
  if (mode === 'keyed' && deviceId.includes('/') && !devices.has(gatewayOf(deviceId)))
    return 'gateway-not-found';
  if (mode === 'single')
    for (const [id, other] of devices) {
      if (id === deviceId) continue;
      if (other.before !== undefined) touched.removed.push([clientId, id]);
      devices.delete(id);
    }
  const present = devices.get(deviceId);
  const said = () => ({
    profile,
    report: packReport({ model, document }),
    digest,
    updatedAt: now,
    lastSeenAt: now,
  });
  if (present === undefined) {
    const first = { clientId, deviceId, createdAt: now, revision: 1, change: null };
    const row = { ...said(), ...first, offerId: null, labelSetId: null };
    devices.set(deviceId, { row, model: () => model, past: [], before: undefined, written: 'whole' });
    return 'created';
  }
  const { row } = present;
  if (row.digest === digest) {
    if (now - row.lastSeenAt >= deviceSeenStep) {
      present.row = { ...row, lastSeenAt: now };
      if (present.written === 'not') present.written = 'seen';
    }
    return 'unchanged';
  }
  present.past.push({
    clientId,
    deviceId,
    revision: row.revision,
    at: row.updatedAt,
    profile: row.profile,
    digest: row.digest,
    report: row.report,
    change: row.change,
  });
  const change = JSON.stringify(inventoryDiff(modelOf(present.model()), modelOf(model)));
  present.model = () => model;
  present.row = { ...row, ...said(), revision: row.revision + 1, change };
  present.written = 'whole';
  return 'updated';
}

async function write(engine: Engine, tx: Tx, inventory: Inventory, touched: Touched): Promise<void> {
  const keysOf = (devices: readonly Device[]): Key[] =>
    devices.map(({ row }) => [row.clientId, row.deviceId]);
  const pairs = (keys: readonly Key[]) => amongPairs(engine, ['clientId', 'deviceId'], keys);
  const [seen, whole] = [touched.devices('seen'), touched.devices('whole')];
  const columns = await inventory.columns(
    tx,
    whole.map(({ row, model }) => ({
      clientId: row.clientId,
      model: modelOf(model()),
      clientLabels: touched.client(row.clientId)?.labels ?? '{}',
    })),
  );
  const rows = whole.map(({ row }, i) => ({ ...row, ...columns[i] }));
  if (touched.removed.length > 0) await tx.deleteFrom('devices').where(pairs(touched.removed)).execute();
  for (const at of new Set(seen.map((d) => d.row.lastSeenAt)))
    await tx
      .updateTable('devices')
      .set({ lastSeenAt: at })
      .where(pairs(keysOf(seen.filter((d) => d.row.lastSeenAt === at))))
      .execute();
  if (rows.length === 0) return;
  await tx
    .insertInto('devices')
    .values(rows)
    .onConflict((c) =>
      c.columns(['clientId', 'deviceId']).doUpdateSet((e) => ({
        profile: e.ref('excluded.profile'),
        report: e.ref('excluded.report'),
        digest: e.ref('excluded.digest'),
        revision: e.ref('excluded.revision'),
        updatedAt: e.ref('excluded.updatedAt'),
        lastSeenAt: e.ref('excluded.lastSeenAt'),
        change: e.ref('excluded.change'),
        offerId: e.ref('excluded.offerId'),
        labelSetId: e.ref('excluded.labelSetId'),
      })),
    )
    .execute();
  const past = whole.flatMap((d) => d.past);
  if (past.length > 0) await tx.insertInto('revisions').values(past).execute();
  const full = rows.filter((row) => row.revision > keptRevisions + 1);
  if (full.length > 0)
    await tx
      .deleteFrom('revisions')
      .where(pairs(full.map((row) => [row.clientId, row.deviceId])))
      .where('revision', '<=', (e) =>
        e
          .selectFrom('devices')
          .select(({ eb }) => eb('devices.revision', '-', keptRevisions + 1).as('last'))
          .whereRef('devices.clientId', '=', 'revisions.clientId')
          .whereRef('devices.deviceId', '=', 'revisions.deviceId'),
      )
      .execute();
  const changed = whole.flatMap(({ before, row, model }, i) =>
    before === undefined
      ? []
      : {
          clientId: row.clientId,
          deviceId: row.deviceId,
          before: () => unpackReport(before.report).model,
          after: model,
          labelsBefore: before.labelSetId,
          labelsAfter: columns[i]?.labelSetId ?? null,
          now: row.updatedAt,
        },
  );
  await inventory.drift.note(tx, changed);
}

/** Stores reports in their order, each with its claim; each sees all before it. */
export async function storeReports(
  engine: Engine,
  tx: Tx,
  inventory: Inventory,
  reports: readonly Report[],
): Promise<Stored[]> {
  const isFirst = await claimAll(
    tx,
    reports.map((r) => r.claim),
  );
  const touched = await Touched.read(
    engine,
    tx,
    reports.filter((_, i) => isFirst[i]),
  );
  const results = reports.map((report, i) => (isFirst[i] === true ? take(touched, report) : 'replayed'));
  await write(engine, tx, inventory, touched);
  return results;
}
