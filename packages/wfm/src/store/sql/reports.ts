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
import type { Sent } from './sent.ts';

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
    const keys = reports.flatMap(({ clientId, deviceId }): Key[] => [
      [clientId, deviceId],
      ...(deviceId.includes('/') ? [[clientId, gatewayOf(deviceId)] as const] : []),
    ]);
    const whole = reports.filter((r) => r.mode === 'single').map((r) => r.clientId);
    const rows = tx
      .selectFrom('devices')
      .modifyFront(prepared)
      .selectAll()
      .where((e) =>
        whole.length === 0
          ? amongPairs(engine, ['clientId', 'deviceId'], keys)
          : e.or([amongPairs(engine, ['clientId', 'deviceId'], keys), among(engine, 'clientId', whole)]),
      );
    const [clients, devices] = await Promise.all([owners.execute(), rows.execute()]);
    for (const { clientId, labels } of clients)
      touched.#clients.set(clientId, { labels, devices: new Map() });
    for (const row of devices)
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

/** Where a group of reports is stored. */
interface Work {
  readonly engine: Engine;
  readonly inventory: Inventory;
  readonly tx: Tx;
  readonly sent: Sent;
}

/** Keeps what was superseded. Each report adds a revision, so as many go as came, once there are enough of them. */
function keepPast({ engine, tx, sent }: Work, devices: readonly Device[]): void {
  const rows = devices.flatMap((d) => d.past);
  sent.add(insertRows(engine, tx, { into: 'revisions', columns: revisionColumns, rows }));
  const gone = devices.flatMap(({ row, past }) =>
    past
      .map((_, i) => ({ ...row, revision: row.revision - keptRevisions - 1 - i }))
      .filter((one) => one.revision > 0),
  );
  const columns = { clientId, deviceId, revision };
  sent.add(deleteRows(engine, tx, { from: 'revisions', columns, rows: gone }));
}

/** The columns by which devices are found, and with them the alerts of workloads. */
async function inventoried(
  { inventory, tx }: Work,
  touched: Touched,
  whole: readonly Device[],
): Promise<Row[]> {
  const [columns, watched] = await Promise.all([
    inventory.columns(
      tx,
      whole.map(({ row, capabilities }) => ({
        clientId: row.clientId,
        model: capabilities(),
        clientLabels: touched.client(row.clientId)?.labels ?? '{}',
      })),
    ),
    inventory.drift.watched(
      tx,
      whole.flatMap(({ before }) => before ?? []),
    ),
  ]);
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
  await inventory.drift.note(tx, changed, watched);
  return whole.map(({ row }, i) => ({ ...row, ...columns[i] }));
}

async function write(work: Work, touched: Touched): Promise<void> {
  const { engine, inventory, tx, sent } = work;
  const [seen, whole] = [touched.devices('seen'), touched.devices('whole')];
  const rows = await inventoried(work, touched, whole);
  for (const { clientId, deviceId, now } of touched.removed)
    await removeDevices(tx, inventory.queue, {
      clientId,
      deviceId,
      these: sql<boolean>`"deviceId" = ${deviceId}`,
      now,
    });
  for (const at of new Set(seen.map((d) => d.row.lastSeenAt))) {
    const keys = seen.flatMap(({ row }): Key[] =>
      row.lastSeenAt === at ? [[row.clientId, row.deviceId]] : [],
    );
    const these = amongPairs(engine, ['clientId', 'deviceId'], keys);
    sent.add(tx.updateTable('devices').set({ lastSeenAt: at }).where(these).execute());
  }
  // The devices as late as possible: writing them locks their counts until the disk has it all.
  keepPast(
    work,
    whole.filter((d) => d.before !== undefined),
  );
  sent.add(insertRows(engine, tx, { into: 'devices', columns: deviceColumns, rows, end: orUpdateDevice }));
  keepPast(
    work,
    whole.filter((d) => d.before === undefined),
  );
}

/** Stores reports in their order, each with its claim; each sees all before it. */
export async function storeReports(work: Work, reports: readonly Report[]): Promise<Stored[]> {
  const { engine, tx } = work;
  // The claims first: whoever waits for one has locked no client yet.
  const [isFirst, touched] = await Promise.all([
    claimAll(
      engine,
      tx,
      reports.map((r) => r.claim),
    ),
    Touched.read(engine, tx, reports),
  ]);
  const results = reports.map((report, i) => (isFirst[i] === true ? take(touched, report) : 'replayed'));
  await write(work, touched);
  return results;
}
