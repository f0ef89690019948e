/** Writes a made-up fleet straight into the tables, as fast as they take it; all indexes and triggers are at work. */
import { createHash } from 'node:crypto';
import BetterSqlite from 'better-sqlite3';
import pg from 'pg';
import { capabilitiesToJson, renderCapabilities } from '@muster/protocol';
import { effectiveLabels } from '../../packages/wfm/src/fleet/labels.ts';
import { offerDigest, offerOf } from '../../packages/wfm/src/placement/offer.ts';
import { packReport } from '../../packages/wfm/src/store/sql/kept-report.ts';
import { makeFleet, random } from '../fleet.ts';

type Value = string | number | Buffer;

/** Column names with their types on PostgreSQL. */
const tables = {
  offers: { offerId: 'bigint', digest: 'text', offer: 'text' },
  labelSets: { labelSetId: 'bigint', digest: 'text', labels: 'text' },
  clients: {
    clientId: 'text',
    state: 'text',
    spkiSha256: 'text',
    certificateSha256: 'text',
    certificateDer: 'bytea',
    subject: 'text',
    notAfter: 'bigint',
    createdAt: 'bigint',
    updatedAt: 'bigint',
    decidedBy: 'text',
    labels: 'text',
    search: 'text',
  },
  devices: {
    clientId: 'text',
    deviceId: 'text',
    profile: 'text',
    report: 'bytea',
    digest: 'text',
    revision: 'bigint',
    createdAt: 'bigint',
    updatedAt: 'bigint',
    lastSeenAt: 'bigint',
    offerId: 'bigint',
    labelSetId: 'bigint',
  },
} as const;

type Table = keyof typeof tables;
/** By table the values of its rows, column by column. */
type Batch = Readonly<Record<Table, Value[][]>>;

const batchSize = 2000;
/** Told how many devices are loaded, from time to time. */
type Progress = (devices: number) => void;
const progressStep = 100_000;

const sha256 = (of: string | Buffer): string => createHash('sha256').update(of).digest('hex');

function* batches(count: number, progress: Progress): Generator<Batch> {
  const offers = new Map<string, number>();
  const labelSets = new Map<string, number>();
  const random01 = random(1);
  const now = Date.now();
  let number = 0;
  const fresh = (): Batch => ({ offers: [], labelSets: [], clients: [], devices: [] });
  let batch = fresh();
  const intern = (known: Map<string, number>, into: Value[][], text: string): number => {
    let id = known.get(text);
    if (id === undefined) {
      known.set(text, (id = known.size + 1));
      into.push([id, offerDigest(text), text]);
    }
    return id;
  };
  for (const { clientId, labels, devices } of makeFleet(count)) {
    const key = sha256(clientId);
    const said = JSON.stringify(labels);
    const search = `cn=bench ${clientId}`;
    const made = 1_700_000_000_000 + number * 40;
    batch.clients.push(
      [clientId, 'active', key, key, Buffer.alloc(0), 'CN=bench', 2e12, made, made, 'bench', said, search], //
    );
    const counted = Object.entries(labels).map(
      ([k, value]) => ({ deviceId: '', key: k, value, source: 'rule' }) as const,
    );
    const labelSet = intern(labelSets, batch.labelSets, JSON.stringify(effectiveLabels(counted)));
    for (const device of devices) {
      const offer = intern(offers, batch.offers, JSON.stringify(offerOf(device)));
      const document = Buffer.from(JSON.stringify(renderCapabilities(device, 'rc.2c')));
      const report = packReport({ model: JSON.stringify(capabilitiesToJson(device)), document });
      const changed = 1_700_000_000_000 + Math.floor(1e10 * random01());
      // Most within hours, some for weeks not, and no two at the very same time.
      const seen = now - Math.floor(3e9 * random01() ** 4 + 6e4 * random01());
      const { deviceId } = device;
      batch.devices.push(
        [clientId, deviceId, 'rc.2c', report, sha256(document), 1, made, changed, seen, offer, labelSet], //
      );
      number++;
    }
    if (batch.devices.length >= batchSize) {
      yield batch;
      if (Math.floor(number / progressStep) > Math.floor((number - batch.devices.length) / progressStep))
        progress(number);
      batch = fresh();
    }
  }
  yield batch;
}

/** Loads into a SQLite file whose schema is there. */
export function loadSqlite(file: string, count: number, progress: Progress): void {
  const raw = new BetterSqlite(file);
  // One transaction in memory that cannot be rolled back: what fails here is thrown away anyway.
  for (const pragma of [
    'journal_mode = off',
    'synchronous = off',
    'cache_size = -1400000',
    'temp_store = memory',
  ])
    raw.pragma(pragma);
  raw.exec('begin');
  const inserts = Object.entries(tables).map(([table, columns]) => {
    const names = Object.keys(columns);
    const text = `insert into "${table}" ("${names.join('","')}") values (${names.map(() => '?').join(',')})`;
    return [table as Table, raw.prepare(text)] as const;
  });
  for (const batch of batches(count, progress))
    for (const [table, insert] of inserts) for (const row of batch[table]) insert.run(row);
  raw.exec('commit');
  raw.close();
}

/** Loads into a PostgreSQL database whose schema is there; its server syncs no file meanwhile. */
export async function loadPostgres(url: string, count: number, progress: Progress): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  const set = async (fsync: 'off' | 'on'): Promise<void> => {
    await client.query(`alter system set fsync = ${fsync}`);
    await client.query('select pg_reload_conf()');
  };
  await set('off');
  const write = async (batch: Batch): Promise<void> => {
    await client.query('begin');
    for (const [table, columns] of Object.entries(tables)) {
      const rows = batch[table as Table];
      if (rows.length === 0) continue;
      const arrays = Object.values(columns).map((type, i) => `$${i + 1}::${type}[]`);
      await client.query(
        `insert into "${table}" ("${Object.keys(columns).join('","')}") overriding system value select * from unnest(${arrays.join(',')})`,
        Object.keys(columns).map((_, i) => rows.map((row) => row[i])),
      );
    }
    await client.query('commit');
  };
  // The next batch is made while the server takes this one.
  let taken = Promise.resolve();
  for (const batch of batches(count, progress)) {
    await taken;
    taken = write(batch);
    // A failure is thrown at the next await.
    taken.catch(() => undefined);
  }
  await taken;
  await client.query(`select setval(pg_get_serial_sequence('"offers"', 'offerId'), (select max("offerId") from "offers")),
    setval(pg_get_serial_sequence('"labelSets"', 'labelSetId'), (select max("labelSetId") from "labelSets"))`);
  await set('on');
  await client.query('vacuum analyze');
  await client.query('checkpoint');
  await client.end();
}
