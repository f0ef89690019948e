/** The daemon over a day of polls, when idle, and from a cold start; each in a process of its own, against a real WFM. */
import { spawn } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWfm } from '@muster/wfm';

const polls = Number(process.argv[2] ?? 1440);
const idleSeconds = Number(process.argv[3] ?? 60);
const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'));
const stateDirectory = join(directory, 'device');
const wfm = await startWfm({
  data: join(directory, 'wfm'),
  deviceListen: '127.0.0.1:0',
  operatorListen: '127.0.0.1:0',
  admission: 'open',
  logLevel: 'silent',
});
const root = new URL('..', import.meta.url).pathname;
// As the launcher starts it.
const flags = [
  '--max-semi-space-size=1',
  '--optimize-for-size',
  '--import',
  `${root}scripts/strip-cache.mjs`,
];
const start = (program: string): ReturnType<typeof spawn> =>
  spawn(process.execPath, [...flags, '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: root,
  });
const daemon = (options: string): string => `
import { runAgent } from '@muster/device';
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
await runAgent({ stateDirectory: ${JSON.stringify(stateDirectory)}, signal: stop.signal, spreadSeconds: 0, ${options} });`;
const stop = async (child: ReturnType<typeof spawn>): Promise<void> => {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
};
/** Seconds of processor time of a process and of the children that it has waited for. */
const processorSeconds = async (pid: number | undefined): Promise<number> => {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
};
const residentMegabytes = async (pid: number | undefined): Promise<number> =>
  Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const joined = start(`import { join } from '@muster/device';
await join({ stateDirectory: ${JSON.stringify(stateDirectory)}, trust: { joinString: ${JSON.stringify(wfm.joinString)} } });`);
await once(joined, 'exit');

// The first signed request of a daemon with state, as the server meets it.
let arrived = 0;
let requests = 0;
subscribe('http.server.request.start', () => {
  requests++;
  if (arrived === 0) arrived = performance.now();
});
const colds: number[] = [];
for (let i = 0; i < 5; i++) {
  arrived = 0;
  const began = performance.now();
  const child = start(daemon(''));
  while (arrived === 0) await sleep(5);
  colds.push(arrived - began);
  await stop(child);
}
colds.sort((a, b) => a - b);
console.log(
  `cold start to the first signed request   ${Math.round(colds[2] ?? 0)} ms (median of 5, worst ${Math.round(colds[4] ?? 0)})  (wanted 1000)`,
);

const idle = start(daemon(''));
await sleep(10_000);
const before = await processorSeconds(idle.pid);
await sleep(idleSeconds * 1000);
const used = (await processorSeconds(idle.pid)) - before;
console.log(
  `processor while idle, ${idleSeconds} s of real polls   ${((used / idleSeconds) * 100).toFixed(2)} %  (wanted 0.1)`,
);
console.log(
  `resident memory while idle               ${Math.round(await residentMegabytes(idle.pid))} MB  (wanted 80)`,
);
await stop(idle);

// A day of polls in a row, each of them also a signed report, which real ones seldom are.
requests = 0;
const busy = start(daemon('pollSeconds: 0.001, heartbeatSeconds: 0'));
const samples: number[] = [];
const began = performance.now();
while (requests < polls) {
  await sleep(100);
  if (requests > ((samples.length + 1) * polls) / 11) samples.push(await residentMegabytes(busy.pid));
}
const seconds = (performance.now() - began) / 1000;
await stop(busy);
const shown = [samples[0], samples[Math.floor(samples.length / 2)], samples.at(-1)].map((mb) =>
  Math.round(mb ?? 0),
);
console.log(
  `resident memory over ${polls} polls          ${shown.join(', ')} MB first, middle, last (in ${Math.round(seconds)} s)  (wanted 80)`,
);
await wfm.close();
await rm(directory, { recursive: true, force: true });
