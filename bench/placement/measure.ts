/** A process with what a WFM has loaded, and nothing of the loader: `node bench/placement/measure.ts DATABASE-URL`. */
import '../../packages/wfm/src/main.ts';
import { Catalogue } from '../../packages/wfm/src/fleet/catalogue.ts';
import { countFacets } from '../../packages/wfm/src/fleet/facets.ts';
import { searchDevices } from '../../packages/wfm/src/fleet/search.ts';
import { Placement } from '../../packages/wfm/src/placement/query.ts';
import { parseSelector } from '../../packages/wfm/src/placement/selector-text.ts';
import { openStore } from '../../packages/wfm/src/store/open.ts';
import {
  anything,
  demanding,
  type Figure,
  type Measured,
  muchMemory,
  placeSelector,
  question,
} from './questions.ts';

const since = (from: bigint): number => Number(process.hrtime.bigint() - from) / 1e6;
const used = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** Runs it, and notes the longest time in which nothing else could run. */
async function watching(run: () => Promise<unknown>): Promise<{ pause: number; cpuPause: number }> {
  let [pause, cpuPause] = [0, 0];
  let [last, lastUsed] = [process.hrtime.bigint(), used()];
  let running = true;
  const look = (): void => {
    pause = Math.max(pause, since(last));
    cpuPause = Math.max(cpuPause, used() - lastUsed);
    [last, lastUsed] = [process.hrtime.bigint(), used()];
  };
  const tick = (): void => {
    look();
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  await run();
  running = false;
  look();
  return { pause, cpuPause };
}

/** Median and 99th percentile. */
function quantiles(list: number[]): [number, number] {
  list.sort((a, b) => a - b);
  const at = (share: number): number => list[Math.min(list.length - 1, Math.floor(list.length * share))] ?? 0;
  return [at(0.5), at(0.99)];
}

const figures: Figure[] = [];
/** Not what the system says of the process: that counts the one that started it. */
let memory = 0;

async function measure(name: string, rounds: number, run: (i: number) => Promise<unknown>): Promise<void> {
  const [times, works]: [number[], number[]] = [[], []];
  let [pause, cpuPause] = [0, 0];
  await run(0);
  for (let i = 0; i < rounds; i++) {
    const [began, workedBefore] = [process.hrtime.bigint(), used()];
    await run(i);
    times.push(since(began));
    works.push(used() - workedBefore);
    memory = Math.max(memory, process.memoryUsage.rss());
  }
  // Looking takes time of its own: the pauses are those of rounds that are not timed.
  for (let i = 0; i < Math.ceil(rounds / 3); i++) {
    const longest = await watching(() => run(i));
    pause = Math.max(pause, longest.pause);
    cpuPause = Math.max(cpuPause, longest.cpuPause);
  }
  const [median, p99] = quantiles(times);
  const [cpu, cpuP99] = quantiles(works);
  figures.push({ name, median, p99, cpu, cpuP99, pause, cpuPause });
}

const store = await openStore({ url: process.argv[2] ?? '', now: Date.now });
const catalogue = new Catalogue(store.fleet);
const placement = new Placement(store, catalogue);
const now = Date.now();
const [began, workedBefore] = [process.hrtime.bigint(), used()];
const first = await watching(() => catalogue.refresh());
const [took, worked] = [since(began), used() - workedBefore];
figures.push({
  name: 'first read of offers and label sets',
  median: took,
  p99: took,
  cpu: worked,
  cpuP99: worked,
  ...first,
});

await measure('placement, one plant and line', 300, (i) =>
  placement.query(question(demanding, `site=plant${50 + i}, line=${1 + (i % 6)}`), now),
);
await measure('placement, one plant', 200, (i) =>
  placement.query(question(muchMemory, `site=plant${20 + i}`), now),
);
await measure('placement, one of the largest plants', 40, (i) =>
  placement.query(question(muchMemory, `site=plant${i % 20}`), now),
);
await measure('placement, one region', 36, (i) =>
  placement.query(question(demanding, `region=r${i % 12}`), now),
);
await measure('placement, demanding, everywhere', 50, () => placement.query(question(demanding), now));
await measure('placement, everything fits', 50, () => placement.query(question(anything), now));
await measure('placement, many near misses', 50, () => placement.query(question(muchMemory), now));
const [some] = (await placement.query(question(anything), now)).candidates;
await measure('why not, one device', 300, () =>
  placement.explain(demanding, some?.clientId ?? '', some?.deviceId ?? '', now),
);
await measure('facets of the whole fleet', 50, () => countFacets(store.fleet, catalogue, {}, now));
await measure('facets of one plant and line', 100, (i) =>
  countFacets(store.fleet, catalogue, { selector: parseSelector(`site=plant${50 + i}, line=2`) }, now),
);
await measure('search, first page by last sight', 100, () =>
  searchDevices(store.fleet, catalogue, { sort: 'seen', descending: true, limit: 100 }),
);
await measure('search, text in a vendor, first page', 30, () =>
  searchDevices(store.fleet, catalogue, { text: 'vendor 1', sort: 'created', descending: false, limit: 100 }),
);

const all = async (selector: string): Promise<string[]> =>
  (await placement.query(question(demanding, selector, 1e7), now)).candidates.map(
    (c) => `${c.clientId} ${c.deviceId}`,
  );
const found = { selective: await all(placeSelector), rare: await all('') };
await store.close();
// Not before it is sent: it is large.
process.send?.({ figures, found, memory } satisfies Measured, () => process.disconnect());
