/** The daemon from a cold start, when idle, and over a day of polls: the real command in processes of its own, against a real WFM. */
import { type ChildProcess, spawn } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeFlags } from '../scripts/flags.mjs';
import { residentMegabytes } from './support/server.ts';
import { startOpenWfm } from './support/wfm.ts';

const polls = Number(process.argv[2] ?? 1440);
const idleSeconds = Number(process.argv[3] ?? 60);
const directory = await mkdtemp(join(tmpdir(), 'muster-bench-'));
const stateDirectory = join(directory, 'device');
const wfm = await startOpenWfm(join(directory, 'wfm'));
const root = new URL('..', import.meta.url).pathname;
const run = (...args: string[]): ChildProcess =>
  spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'], cwd: root });
const muster = (...args: string[]): ChildProcess =>
  run(`${root}packages/cli/bin/muster.mjs`, 'device', ...args, '--state', stateDirectory);
const stop = async (child: ChildProcess): Promise<void> => {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
};
/** Seconds of processor time of a process and of the children that it has waited for. */
const processorSeconds = async (pid: number | undefined): Promise<number> => {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
};

await once(muster('join', wfm.joinString), 'exit');

// The first signed request of a daemon with state, as the server meets it.
let arrived = 0;
let requests = 0;
subscribe('http.server.request.start', () => {
  requests++;
  if (arrived === 0) arrived = performance.now();
});
const colds: number[] = [];
// The first start of a revision strips the types, and the first of a folder asks the machine; neither counts.
for (let i = 0; i < 6; i++) {
  arrived = 0;
  const began = performance.now();
  const child = muster('run', '--spread', '0');
  while (arrived === 0) await sleep(5);
  if (i > 0) colds.push(arrived - began);
  else await sleep(3_000);
  await stop(child);
}
colds.sort((a, b) => a - b);
console.log(
  `cold start to the first signed request   ${Math.round(colds[2] ?? 0)} ms (median of 5, worst ${Math.round(colds[4] ?? 0)})  (wanted 1000)`,
);

const idle = muster('run', '--spread', '0');
await sleep(10_000);
const before = await processorSeconds(idle.pid);
await sleep(idleSeconds * 1000);
const used = (await processorSeconds(idle.pid)) - before;
console.log(
  `processor while idle, ${idleSeconds} s of real polls   ${((used / idleSeconds) * 100).toFixed(2)} %  (wanted 0.1)`,
);
console.log(
  `resident memory while idle               ${await residentMegabytes(idle.pid ?? 0)} MB  (wanted 80)`,
);
await stop(idle);

// A day of polls in a row, each of them also a signed report, which real ones seldom are. All that the command loads is loaded,
// but the minute between two polls is none.
const program = `
import { setImmediate } from 'node:timers/promises';
await import('commander');
await import('./packages/cli/src/commands/device/device.ts');
const { runAgent } = await import('@muster/device');
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
await runAgent({ stateDirectory: ${JSON.stringify(stateDirectory)}, signal: stop.signal, spreadSeconds: 0,
  heartbeatSeconds: 0, wait: () => setImmediate() });`;
/** Runs so many polls. @returns resident memory after each tenth of them */
async function pollAll(): Promise<{ megabytes: number[]; seconds: number }> {
  requests = 0;
  const cache = ['--import', `${root}scripts/strip-cache.mjs`];
  const child = run(...nodeFlags('device'), ...cache, '--input-type=module', '-e', program);
  const megabytes: number[] = [];
  const began = performance.now();
  while (requests < polls) {
    await sleep(20);
    if (requests >= ((megabytes.length + 1) * polls) / 10)
      megabytes.push(await residentMegabytes(child.pid ?? 0));
  }
  const seconds = (performance.now() - began) / 1000;
  await stop(child);
  return { megabytes, seconds };
}
const { megabytes, seconds } = await pollAll();
console.log(
  `resident memory over ${polls} polls          ${megabytes.join(', ')} MB after each tenth (in ${Math.round(seconds)} s)  (wanted 80)`,
);
await wfm.close();
await rm(directory, { recursive: true, force: true });
