/** Many reports in one transaction: what they touch is read at once, they are taken in order, and written at once. */
import type { Capabilities } from '@muster/protocol';
import { type Insertable, type Selectable, sql } from 'kysely';
import { inventoryDiff } from '../../fleet/inventory-diff.ts';
import { modelOf } from '../../fleet/stored-model.ts';
import type { DeviceStore } from '../ports.ts';
import { removeDevices } from './device-removal.ts';
import type { Inventory } from './inventory.ts';
import { packReport, unpackReport } from './kept-report.ts';
import { among, amongPairs, deleteRows, insertRows, prepared } from './lists.ts';
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
  /** Read once. */
  capabilities: () => Capabilities;
  readonly past: Past[];
  /** As it is in the table; undefined where the device is new. */
  readonly before: Row | undefined;
  written: 'not' | 'seen' | 'whole';
}

/** The clients with their devices that these reports are about. */
class Touched {
  readonly #clients = new Map<string, { labels: string; devices: Map<string, Device> }>();
  readonly removed: { readonly clientId: string; readonly deviceId: string; readonly now: number }[] = [];

  static async read(engine: Engine, tx: Tx, reports: readonly Report[]): Promise<Touched> {
    const touched = new Touched();
    const clientIds = [...new Set(reports.map((r) => r.clientId))];
    let owners = tx
      .selectFrom('clients')
      .modifyFront(prepared)
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
      .modifyFront(prepared)
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
        capabilities: () => modelOf(unpackReport(row.report).model),
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
      if (other.before !== undefined) touched.removed.push({ clientId, deviceId: id, now });
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
    const capabilities = modelOf(model);
    devices.set(deviceId, {
      row,
      model: () => model,
      capabilities: () => capabilities,
      past: [],
      before: undefined,
      written: 'whole',
    });
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
  const capabilities = modelOf(model);
  const change = JSON.stringify(inventoryDiff(present.capabilities(), capabilities));
  present.model = () => model;
  present.capabilities = () => capabilities;
  present.row = { ...row, ...said(), revision: row.revision + 1, change };
  present.written = 'whole';
  return 'updated';
}

const deviceColumns = {
  clientId: 'text',
  deviceId: 'text',
  profile: 'text',
  report: 'bytea',
  digest: 'text',
  revision: 'bigint',
  createdAt: 'bigint',
  updatedAt: 'bigint',
  lastSeenAt: 'bigint',
  change: 'text',
  offerId: 'bigint',
  labelSetId: 'bigint',
} as const;

const orUpdateDevice = `on conflict ("clientId", "deviceId") do update set ${Object.keys(deviceColumns)
  .filter((column) => !['clientId', 'deviceId', 'createdAt'].includes(column))
  .map((column) => `"${column}" = excluded."${column}"`)
  .join(', ')}`;

const { clientId, deviceId, revision, profile, digest, report, change } = deviceColumns;
const revisionColumns = {
  clientId,
  deviceId,
  revision,
  at: 'bigint',
  profile,
  digest,
  report,
  change,
} as const;

/** Keeps what was superseded. Each report adds a revision, so as many go as came, once there are enough of them. */
async function keepPast(engine: Engine, tx: Tx, devices: readonly Device[]): Promise<void> {
  const rows = devices.flatMap((d) => d.past);
  await insertRows(engine, tx, { into: 'revisions', columns: revisionColumns, rows });
  const gone = devices.flatMap(({ row, past }) =>
    past
      .map((_, i) => ({ ...row, revision: row.revision - keptRevisions - 1 - i }))
      .filter((one) => one.revision > 0),
  );
  await deleteRows(engine, tx, { from: 'revisions', columns: { clientId, deviceId, revision }, rows: gone });
}

async function write(engine: Engine, tx: Tx, inventory: Inventory, touched: Touched): Promise<void> {
  const keysOf = (devices: readonly Device[]): Key[] =>
    devices.map(({ row }) => [row.clientId, row.deviceId]);
  const pairs = (keys: readonly Key[]) => amongPairs(engine, ['clientId', 'deviceId'], keys);
  const [seen, whole] = [touched.devices('seen'), touched.devices('whole')];
  const columns = await inventory.columns(
    tx,
    whole.map(({ row, capabilities }) => ({
      clientId: row.clientId,
      model: capabilities(),
      clientLabels: touched.client(row.clientId)?.labels ?? '{}',
    })),
  );
  const rows = whole.map(({ row }, i) => ({ ...row, ...columns[i] }));
  for (const { clientId, deviceId, now } of touched.removed)
    await removeDevices(tx, inventory.queue, {
      clientId,
      deviceId,
      these: sql<boolean>`"deviceId" = ${deviceId}`,
      now,
    });
  for (const at of new Set(seen.map((d) => d.row.lastSeenAt)))
    await tx
      .updateTable('devices')
      .set({ lastSeenAt: at })
      .where(pairs(keysOf(seen.filter((d) => d.row.lastSeenAt === at))))
      .execute();
  if (rows.length === 0) return;
  // The devices as late as possible: writing them locks their counts until the disk has it all.
  await keepPast(
    engine,
    tx,
    whole.filter((d) => d.before !== undefined),
  );
  await insertRows(engine, tx, { into: 'devices', columns: deviceColumns, rows, end: orUpdateDevice });
  await keepPast(
    engine,
    tx,
    whole.filter((d) => d.before === undefined),
  );
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
    engine,
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
