/** Cuts the power of real processes at a step at which they change the disk. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';

const main = new URL('../../../cli/src/main.ts', import.meta.url).pathname;
const cache = new URL('../../../../scripts/strip-cache.mjs', import.meta.url).href;
const preload = new URL('cut-power.ts', import.meta.url).href;

interface Outage {
  readonly isCut: boolean;
  /** How many steps there are, when it was not cut. */
  readonly steps: number;
}

/** Runs node, and cuts it at a step; never for null. A process that is not cut has to end well. */
export async function cutNode(at: number | null, ...args: string[]): Promise<Outage> {
  const query = at === null ? '' : `?at=${at}`;
  const child = spawn(process.execPath, ['--import', cache, '--import', preload + query, ...args], {
    env: { ...process.env, MUSTER_LAUNCHED: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal !== 'SIGKILL') assert.equal(code, 0, text);
  return { isCut: signal === 'SIGKILL', steps: Number(/disk-steps (\d+)/.exec(text)?.[1] ?? 0) };
}

/** The same with the command. */
export const cutCommand = (at: number | null, ...args: string[]): Promise<Outage> =>
  cutNode(at, main, ...args);

/** Some steps, evenly, and the last; with MUSTER_POWER_CUTS=all each of them, which takes minutes. */
export function someSteps(last: number, stride = 8): number[] {
  const every = process.env['MUSTER_POWER_CUTS'] === 'all' ? 1 : stride;
  return Array.from({ length: last }, (_, i) => i + 1).filter((k) => k % every === 0 || k === last);
}

/**
 * Nothing lies about in a state folder: no half-written file, no lock of the folder, no key on its way. The lock of a move
 * that was cut may stay: nobody holds it, and the next move takes it.
 */
export async function assertTidy(stateDirectory: string, what: string): Promise<void> {
  const files = (await readdir(stateDirectory, { recursive: true })).sort();
  assert.deepEqual(
    files.filter((f) => f.endsWith('.tmp') || f.startsWith('lock')),
    [],
    what,
  );
  assert.ok(!files.includes('next'), what);
}
