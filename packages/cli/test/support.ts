/** The command as a process, beside a real WFM. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWfm, type Wfm, type WfmSettings } from '@muster/wfm';

/** What node is given to run the command as the launcher does. */
export const program = [
  '--import',
  new URL('../../../scripts/strip-cache.mjs', import.meta.url).href,
  new URL('../src/main.ts', import.meta.url).pathname,
];

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line of stdout, when it is JSON. */
  readonly json: Record<string, unknown>;
}

/** Runs the command in a folder. */
export function run(cwd: string, env: Record<string, string>, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [...program, ...args],
      { env: { ...process.env, MUSTER_JOIN_STRING: '', ...env }, cwd },
      (error, stdout, stderr) => {
        const last = stdout.trim().split('\n').at(-1) ?? '';
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
          stdout,
          stderr,
          json: last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : {},
        });
      },
    ),
  );
}

export interface Place {
  readonly root: string;
  readonly wfm: Wfm;
  /** Runs the command beside the WFM. */
  muster(...args: string[]): Promise<Ran>;
  stop(): Promise<void>;
}

/** Starts a WFM in a folder of its own. */
export async function startPlace(settings: Partial<WfmSettings> = {}): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'muster-cli-'));
  const data = settings.data ?? join(root, 'wfm');
  const wfm = await startWfm({
    data,
    deviceListen: '127.0.0.1:0',
    operatorListen: '127.0.0.1:0',
    logLevel: 'silent',
    holdSeconds: 0,
    retryAfterSeconds: 1,
    ...settings,
  });
  await writeFile(join(data, 'operator-url'), wfm.operatorUrl);
  return {
    root,
    wfm,
    muster: (...args) => run(root, { MUSTER_DATA: data }, ...args),
    async stop() {
      await wfm.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
