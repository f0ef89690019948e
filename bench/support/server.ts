/** Starts the servers that are measured, as processes of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { nodeFlags } from '../../scripts/flags.mjs';

const root = new URL('../../', import.meta.url).pathname;

export interface BenchServer {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The first line on its standard output. */
  readonly said: Readonly<Record<string, unknown>>;
  readonly readyMilliseconds: number;
  /** Ends it, by SIGTERM unless told otherwise, and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a program of Node.js that says one line of JSON when it is ready. */
export async function startServer(args: readonly string[]): Promise<BenchServer> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout }))
    return {
      child,
      pid: child.pid ?? 0,
      said: JSON.parse(line) as Record<string, unknown>,
      readyMilliseconds: Math.round(performance.now() - began),
      async stop(signal = 'SIGTERM') {
        child.kill(signal);
        await exit;
      },
    };
  throw new Error('the server did not start');
}

/** Starts the WFM, open to all; on the embedded database unless another is named, by the launcher's way of reading the sources. */
export async function startWfm(o: {
  data: string;
  deviceListen?: string;
  database?: string;
  /** Options of Node.js. */
  node?: readonly string[];
}): Promise<BenchServer & { readonly url: string }> {
  const server = await startServer([
    ...nodeFlags('wfm'),
    ...(o.node ?? []),
    '--import',
    `${root}scripts/strip-cache.mjs`,
    `${root}packages/cli/src/main.ts`,
    ...`wfm start --json --data ${o.data} --admission open --log-level error`.split(' '),
    ...`--device-listen ${o.deviceListen ?? '127.0.0.1:0'} --operator-listen 127.0.0.1:0`.split(' '),
    ...(o.database === undefined ? [] : ['--database', o.database]),
  ]);
  return { ...server, url: String(server.said['deviceUrl']) };
}

/** Resident memory of a process, in megabytes. */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

/** Processor time of a process so far, in milliseconds (clock ticks of 10 ms). */
export async function processorMilliseconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name, which may hold anything: state is field 3, utime 14, stime 15 (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
