/**
 * Placement, search and facets over a large fleet: `node bench/placement.ts [DEVICES] [postgres]`.
 * The fleet is written straight into the tables; everything measured goes through the code that serves operators.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { type Application, capabilitiesToJson, parseApplication, renderCapabilities } from '@muster/protocol';
import { Catalogue } from '../packages/wfm/src/fleet/catalogue.ts';
import { countFacets, searchDevices } from '../packages/wfm/src/fleet/search.ts';
import { effectiveLabels } from '../packages/wfm/src/fleet/labels.ts';
import { modelOf } from '../packages/wfm/src/fleet/stored-model.ts';
import { compile, judge } from '../packages/wfm/src/placement/judge.ts';
import { nothingTaken, offerDigest, offerOf } from '../packages/wfm/src/placement/offer.ts';
import type { PlacementQuestion } from '../packages/wfm/src/placement/answer.ts';
import { Placement } from '../packages/wfm/src/placement/query.ts';
import { parseSelector } from '../packages/wfm/src/placement/selector-text.ts';
import { openPostgres } from '../packages/wfm/src/store/postgres/engine.ts';
import { openSqlite } from '../packages/wfm/src/store/sqlite/engine.ts';
import { packReport } from '../packages/wfm/src/store/sql/kept-report.ts';
import { openStore } from '../packages/wfm/src/store/open.ts';
import type { Engine } from '../packages/wfm/src/store/sql/schema.ts';
import { startPostgres } from '../packages/wfm/test/support/postgres.ts';
import { makeFleet, random } from './fleet.ts';
import { askPeers } from './peers.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const server = process.argv[3] === 'postgres' ? await startPostgres() : undefined;
const postgres = await server?.database('fleet');
const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'));
const file = join(directory, 'fleet.db');
const url = postgres ?? `sqlite:${file}`;
const ms = (from: bigint): number => Number(process.hrtime.bigint() - from) / 1e6;
const say = (what: string, value: string): void => console.log(`${what.padEnd(58)} ${value}`);

const random01 = random(1);

async function load(engine: Engine): Promise<void> {
  const { database } = engine;
  const offers = new Map<string, number>();
  const labelSets = new Map<string, number>();
  const fleet = makeFleet(count);
  const chunk = postgres === undefined ? 200 : 500;
  // Counted at the end instead: loading a million devices would take twice as long.
  if (postgres !== undefined) await sql`alter table "devices" disable trigger user`.execute(database);
  let done = false;
  while (!done) {
    await database.transaction().execute(async (tx) => {
      for (let n = 0; n < 100 && !done; n++) {
        const clients: object[] = [];
        const devices: object[] = [];
        while (devices.length < chunk) {
          const { value, done: end } = fleet.next();
          if (end === true || value === undefined) {
            done = true;
            break;
          }
          const { clientId, labels } = value;
          const key = createHash('sha256').update(clientId).digest('hex');
          clients.push({
            clientId,
            state: 'active',
            spkiSha256: key,
            certificateSha256: key,
            certificateDer: Buffer.alloc(0),
            subject: 'CN=bench',
            notAfter: 2e12,
            createdAt: 1,
            updatedAt: 1,
            decidedBy: 'bench',
            lastSeenAt: null,
          });
          const set = JSON.stringify(
            effectiveLabels(
              Object.entries(labels).map(
                ([k, v]) => ({ deviceId: '', key: k, value: v, source: 'rule' }) as const,
              ),
            ),
          );
          if (!labelSets.has(set)) {
            labelSets.set(set, labelSets.size + 1);
            await tx
              .insertInto('labelSets')
              .values({ digest: offerDigest(set), labels: set })
              .execute();
          }
          for (const c of value.devices) {
            const offer = JSON.stringify(offerOf(c));
            if (!offers.has(offer)) {
              offers.set(offer, offers.size + 1);
              await tx
                .insertInto('offers')
                .values({ digest: offerDigest(offer), offer })
                .execute();
            }
            const document = Buffer.from(JSON.stringify(renderCapabilities(c, 'rc.2c')));
            devices.push({
              clientId,
              deviceId: c.deviceId,
              profile: 'rc.2c',
              report: packReport({ model: JSON.stringify(capabilitiesToJson(c)), document }),
              digest: createHash('sha256').update(document).digest('hex'),
              revision: 1,
              createdAt: 1_700_000_000_000 + devices.length,
              updatedAt: 1_700_000_000_000 + Math.floor(1e10 * random01()),
              lastSeenAt: Date.now() - Math.floor(3e9 * random01() ** 4),
              change: null,
              offerId: offers.get(offer),
              labelSetId: labelSets.get(set),
            });
          }
        }
        if (clients.length > 0)
          await tx
            .insertInto('clients')
            .values(clients as never)
            .execute();
        if (devices.length > 0)
          await tx
            .insertInto('devices')
            .values(devices as never)
            .execute();
      }
    });
  }
  if (postgres !== undefined) {
    await sql`insert into "deviceGroups" select "labelSetId", "offerId", count(*) from "devices" group by 1, 2`.execute(
      database,
    );
    for (const [table, key] of [
      ['offers', 'offerId'],
      ['labelSets', 'labelSetId'],
    ])
      await sql`update ${sql.table(table ?? '')} as t set "devices" = d.n from (select ${sql.ref(key ?? '')}, count(*) as n from "devices" group by 1) as d where t.${sql.ref(key ?? '')} = d.${sql.ref(key ?? '')}`.execute(
        database,
      );
    await sql`alter table "devices" enable trigger user`.execute(database);
  }
  say('distinct offers, label sets', `${offers.size}, ${labelSets.size}`);
}

await (await openStore({ url, now: Date.now })).close();
const engine = postgres === undefined ? openSqlite(file) : openPostgres(postgres);
let from = process.hrtime.bigint();
await load(engine);
if (postgres !== undefined) await sql`vacuum analyze`.execute(engine.database);
for (const [name, query] of [
  [
    'devices of an offer',
    `select "clientId", "deviceId", "offerId", "labelSetId" from "devices" where "offerId" = 7 and ("clientId", "deviceId") > ('', '') order by "clientId", "deviceId" limit 100`,
  ],
  [
    'devices of label sets',
    `select "clientId", "deviceId", "offerId", "labelSetId" from "devices" where "labelSetId" ${postgres === undefined ? "in (select value from json_each('[7,8]'))" : "= any('{7,8}'::bigint[])"}`,
  ],
  ['counts of a label set', `select * from "deviceGroups" where "labelSetId" = 7`],
  [
    'last seen',
    `select * from "devices" order by "lastSeenAt" desc, "clientId" desc, "deviceId" desc limit 100`,
  ],
] as const) {
  const plan = await sql<
    Record<string, unknown>
  >`${sql.raw(postgres === undefined ? 'explain query plan ' : 'explain (costs off) ')}${sql.raw(query)}`.execute(
    engine.database,
  );
  say(`plan: ${name}`, plan.rows.map((r) => String(r['detail'] ?? r['QUERY PLAN']).trim()).join(' | '));
}
if (postgres !== undefined) {
  const size = await sql<{ n: number }>`select pg_database_size(current_database()) as n`.execute(
    engine.database,
  );
  say('bytes per device', String(Math.round(Number(size.rows[0]?.n) / count)));
  const parts = await sql<{
    name: string;
    bytes: number;
  }>`select relname as "name", pg_relation_size(oid) as "bytes"
    from pg_class where relkind in ('r', 'i', 't') order by 2 desc limit 16`.execute(engine.database);
  say('of that', parts.rows.map((r) => `${r.name} ${(Number(r.bytes) / count).toFixed(0)}`).join(', '));
}
await engine.database.destroy();
say('loaded', `${(ms(from) / 1000).toFixed(1)} s`);
if (postgres === undefined) say('bytes per device', String(Math.round((await stat(file)).size / count)));

const store = await openStore({ url, now: Date.now });
const catalogue = new Catalogue(store.fleet);
const placement = new Placement(store, catalogue);
from = process.hrtime.bigint();
await catalogue.refresh();
say('first read of offers and label sets', `${ms(from).toFixed(0)} ms`);

const helm = parseApplication(
  'type: helm\nrequiredResources: {cpu: {cores: 4, architectures: [amd64]}, memory: 8Gi, storage: 64Gi, peripherals: [{type: gpu, manufacturer: NVIDIA}]}',
);
const anything = parseApplication('requiredResources: {memory: 1Ki}');
const many = parseApplication('requiredResources: {cpu: {cores: 2}, memory: 24Gi}');
const ask = (application: Application, selector = ''): PlacementQuestion => ({
  application,
  selector: parseSelector(selector),
  count: 1,
  limit: 100,
  missLimit: 10,
});

/** The longest time in which nothing else could run. */
async function watchLoop<T>(run: () => Promise<T>): Promise<{ result: T; blocked: number }> {
  let blocked = 0;
  let last = process.hrtime.bigint();
  let running = true;
  const tick = (): void => {
    blocked = Math.max(blocked, ms(last));
    last = process.hrtime.bigint();
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  const result = await run();
  running = false;
  return { result, blocked: Math.max(blocked, ms(last)) };
}

async function measure(name: string, rounds: number, run: (i: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  let blocked = 0;
  await run(0);
  for (let i = 0; i < rounds; i++) {
    const began = process.hrtime.bigint();
    const watched = await watchLoop(() => run(i));
    times.push(ms(began));
    blocked = Math.max(blocked, watched.blocked);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string =>
    (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(2);
  say(name, `median ${at(0.5)} ms, p99 ${at(0.99)} ms, longest without a break ${blocked.toFixed(1)} ms`);
  return times[Math.floor(times.length / 2)] ?? 0;
}

const selective = await measure('placement, one plant and line', 300, (i) =>
  placement.query(ask(helm, `site=plant${50 + i}, line=${1 + (i % 6)}`), Date.now()),
);
await measure('placement, one plant', 100, (i) =>
  placement.query(ask(many, `site=plant${20 + i}`), Date.now()),
);
await measure('placement, one region (a twelfth of the fleet)', 20, (i) =>
  placement.query(ask(helm, `region=r${i % 12}`), Date.now()),
);
const rare = await measure('placement, rare device, no selector', 50, () =>
  placement.query(ask(helm), Date.now()),
);
await measure('placement, everything fits', 20, () => placement.query(ask(anything), Date.now()));
await measure('placement, many near misses', 20, () => placement.query(ask(many), Date.now()));
const [some] = (await placement.query(ask(anything), Date.now())).candidates;
await measure('why not, one device', 300, () =>
  placement.explain(helm, some?.clientId ?? '', some?.deviceId ?? '', Date.now()),
);
await measure('facets of the whole fleet', 20, () => countFacets(store.fleet, catalogue, {}, Date.now()));
await measure('facets of one plant and line', 50, (i) =>
  countFacets(store.fleet, catalogue, { selector: parseSelector(`site=plant${50 + i}, line=2`) }, Date.now()),
);
await measure('search: first page by last sight', 50, () =>
  searchDevices(store.fleet, catalogue, { sort: 'seen', descending: true, limit: 100 }),
);
await measure('search: text in a vendor, first page', 10, () =>
  searchDevices(store.fleet, catalogue, { text: 'vendor 1', sort: 'created', descending: false, limit: 100 }),
);
say('resident memory', `${Math.round(process.memoryUsage().rss / 1e6)} MB`);

// The same selective question by reading and judging every device of the table, and the same answer.
const compiled = compile(helm);
const plant = { site: 'plant60', line: '5' };
const expected = await placement.query(ask(helm, 'site=plant60, line=5'), Date.now());
from = process.hrtime.bigint();
let found = 0;
let after: readonly [string, string] = ['', ''];
for (;;) {
  const rows = await store.fleet.rows(after, 500);
  const records = await store.fleet.records(rows.map((r) => [r.clientId, r.deviceId] as const));
  const models = new Map(records.map((r) => [`${r.clientId} ${r.deviceId}`, r.model]));
  for (const row of rows) {
    const labels = catalogue.labelSets.get(row.labelSetId) ?? {};
    if (labels['site'] !== plant.site || labels['line'] !== plant.line) continue;
    const model = models.get(`${row.clientId} ${row.deviceId}`);
    if (model === undefined) continue;
    const subject = {
      offer: offerOf(modelOf(model)),
      taken: nothingTaken,
      labels,
      own: {},
      clientState: 'active',
    };
    if (judge(compiled, subject).fit !== null) found++;
  }
  const last = rows.at(-1);
  if (last === undefined) break;
  after = [last.clientId, last.deviceId];
}
const scan = ms(from);
if (found !== expected.fitting) throw new Error(`the scan found ${found}, the query ${expected.fitting}`);
say(
  'the same by reading every device',
  `${scan.toFixed(0)} ms, ${Math.round(scan / selective)} times as long (${found} fit)`,
);

const ours = { selective, rare };
const answers = { selective: expected.fitting, rare: (await placement.query(ask(helm), Date.now())).fitting };
for (const { library, question, found: same, ms: took } of askPeers(count, plant)) {
  if (same !== answers[question])
    throw new Error(`${library} found ${same}, the query ${answers[question]} (${question})`);
  say(
    `the same by ${library} in memory, ${question}`,
    `${took.toFixed(0)} ms, ${Math.round(took / ours[question])} times as long (${same} fit)`,
  );
}

await store.close();
await server?.stop();
await rm(directory, { recursive: true, force: true });
