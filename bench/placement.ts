/**
 * Placement, search and facets over a large fleet: `node bench/placement.ts [--devices N] [--database sqlite|postgres]`.
 * The fleet is written straight into the tables; everything measured goes through the code that serves operators.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openStore } from '../packages/wfm/src/store/open.ts';
import { openPostgres } from '../packages/wfm/src/store/postgres/engine.ts';
import { openSqlite } from '../packages/wfm/src/store/sqlite/engine.ts';
import { nodeFlags } from '../scripts/flags.mjs';
import { startPostgres } from '../packages/wfm/test/support/postgres.ts';
import { loadPostgres, loadSqlite } from './placement/load.ts';
import { askPeers } from './placement/peers.ts';
import { plans, room } from './placement/plans.ts';
import type { Found, Measured } from './placement/questions.ts';
import { scan } from './placement/scan.ts';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '1000000' },
    database: { type: 'string', default: 'sqlite' },
  },
});
const count = Number(values.devices);
if (!Number.isInteger(count) || count < 1 || !['sqlite', 'postgres'].includes(values.database))
  throw new Error('usage: node bench/placement.ts [--devices N] [--database sqlite|postgres]');

/** What is asked of the figures, in milliseconds; those without bounds are shown for comparison. */
const bounds: Readonly<Record<string, { median?: number; p99?: number }>> = {
  'placement, one plant and line': { median: 5, p99: 25 },
  'placement, one plant': { median: 5, p99: 25 },
  'placement, everything fits': { median: 500, p99: 500 },
  'placement, many near misses': { median: 500, p99: 500 },
  'why not, one device': { median: 2 },
  'facets of the whole fleet': { median: 100, p99: 100 },
};
const longestPause = 20;
const rows: string[] = [];
let missed = 0;

const shown = (n: number): string => (n < 100 ? n.toFixed(2) : n.toFixed(0));
/** A figure with its bound; one that is over it is marked. */
function bounded(n: number, bound: number | undefined): string {
  if (bound !== undefined && n > bound) missed++;
  return `${shown(n)}${bound === undefined ? '' : ` ${n > bound ? '>' : '≤'} ${bound}`}${bound !== undefined && n > bound ? ' !' : ''}`;
}
const line = (name: string, ...cells: readonly string[]): void => {
  rows.push(name.padEnd(46) + cells.map((c) => c.padStart(18)).join(''));
};

async function measured(url: string): Promise<Measured> {
  // As the launcher starts a WFM.
  const stripped = new URL('../scripts/strip-cache.mjs', import.meta.url).href;
  const child = fork(join(import.meta.dirname, 'placement', 'measure.ts'), [url], {
    execArgv: [...nodeFlags('wfm'), '--import', stripped],
  });
  const ended = once(child, 'exit');
  const answer = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
  await ended;
  if (answer === undefined) throw new Error('the measured process has ended without an answer');
  return answer[0] as Measured;
}

/** Fails where an answer names other devices. */
function same(who: string, question: keyof Found, found: readonly string[], ours: Found): void {
  const order = (list: readonly string[]): string => [...list].sort().join('\n');
  if (order(found) !== order(ours[question]))
    throw new Error(
      `${who} found ${found.length}, the query ${ours[question].length} (${question}), or others`,
    );
}

const began = performance.now();
const log = (what: string): void =>
  console.log(`[${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s] ${what}`);
const server = values.database === 'postgres' ? await startPostgres() : undefined;
const directory = await mkdtemp(join(tmpdir(), 'muster-placement-'));
try {
  const file = join(directory, 'fleet.db');
  const url = (await server?.database('fleet')) ?? `sqlite:${file}`;
  await (await openStore({ url, now: Date.now })).close();
  const loaded = (devices: number): void => log(`${devices} devices`);
  if (server === undefined) loadSqlite(file, count, loaded);
  else await loadPostgres(url, count, loaded);
  log('loaded');
  const engine = server === undefined ? openSqlite(file) : openPostgres(url);
  for (const line of await plans(engine)) console.log(line);
  const { bytes, parts } = await room(engine);
  console.log(parts.map(([name, size]) => `${name} ${(size / count).toFixed(0)}`).join(', '));
  await engine.database.destroy();

  const { figures, found, memory } = await measured(url);
  log('measured');
  line('milliseconds', 'median', 'p99', 'longest pause', 'cpu median', 'cpu p99', 'cpu pause');
  for (const { name, median, p99, cpu, cpuP99, pause, cpuPause } of figures)
    line(
      name,
      bounded(median, bounds[name]?.median),
      bounded(p99, bounds[name]?.p99),
      bounded(pause, longestPause),
      shown(cpu),
      shown(cpuP99),
      shown(cpuPause),
    );
  // An empty database has its size, too: with few devices that is most of it.
  line('bytes of the database for each device', bounded(bytes / count, count < 100_000 ? undefined : 2048));
  line('most memory of the measured process, MB', bounded(memory / 1e6, 300));

  const selective = figures.find((f) => f.name === 'placement, one plant and line')?.median ?? 0;
  const ours = {
    selective,
    rare: figures.find((f) => f.name === 'placement, demanding, everywhere')?.median ?? 0,
  };
  const all = await scan(url);
  log('scanned');
  for (const question of ['selective', 'rare'] as const) {
    // In the same order, too.
    if (all.found[question].join('\n') !== found[question].join('\n'))
      throw new Error(`reading every device gives another ranking (${question})`);
    line(`reading every device: times as long, ${question}`, shown(all.ms / ours[question]));
  }
  for (const answer of askPeers(count)) {
    same(answer.library, answer.question, answer.found, found);
    const ratio = shown(answer.ms / ours[answer.question]);
    line(
      `${answer.library} in memory: times as long, ${answer.question}`,
      ratio,
      `${answer.found.length} fit`,
    );
  }
  log('asked the peers; all have found the same devices');
  console.log(`\n${rows.join('\n')}`);
  console.log(missed === 0 ? 'all bounds kept' : `${missed} bounds missed (marked !)`);
} finally {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
}
