/** The real command in a folder of its own: real processes, files and exit codes. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const main = new URL('../../packages/cli/src/main.ts', import.meta.url).pathname;
/** What node is given to run the command as the launcher does. */
export const program = ['--import', new URL('../../scripts/strip-cache.mjs', import.meta.url).href, main];

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
  json: Record<string, unknown>;
}

export interface Ready {
  deviceUrl: string;
  operatorUrl: string;
  consoleUrl: string | null;
  caPin: string;
  joinString: string;
  operatorTokenFile: string;
}

/** The command with one environment in one folder. */
export function commandIn(cwd: string, env: NodeJS.ProcessEnv) {
  return {
    muster(...args: string[]): Promise<Result> {
      return new Promise((resolve) => {
        execFile(process.execPath, [...program, ...args], { env, cwd }, (error, stdout, stderr) => {
          const last = stdout.trim().split('\n').at(-1) ?? '';
          const json =
            args.includes('--json') && last.startsWith('{')
              ? (JSON.parse(last) as Record<string, unknown>)
              : {};
          const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
          resolve({ code, stdout, stderr, json });
        });
      });
    },
    async startWfm(...more: string[]): Promise<{ child: ChildProcess; ready: Ready }> {
      const listen = '--device-listen 127.0.0.1:0 --operator-listen 127.0.0.1:0 --log-level warn'.split(' ');
      const child = spawn(process.execPath, [...program, 'wfm', 'start', '--json', ...listen, ...more], {
        env,
        cwd,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      assert.ok(child.stdout);
      for await (const line of createInterface({ input: child.stdout }))
        return { child, ready: JSON.parse(line) as Ready };
      throw new Error('the WFM ended before it was ready');
    },
  };
}

/** Ends a process. @returns its exit code */
export async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exit) as [number | null];
  return code;
}
