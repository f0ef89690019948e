/** One process per state folder: two would each think they own the identity. */
import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DeviceError } from '../errors.ts';
import { sweep } from './sweep.ts';

/** The folders that this process works on. */
const held = new Set<string>();

/** Changes with every start of the machine, so that a lock of a former life is no lock. */
async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'unknown')).trim();
}

/** When a process began, in ticks since boot: tells it from a later one that got the same number, as in containers. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold blanks; the start time is the 20th field after it (proc(5)).
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function isHeld(content: string): Promise<boolean> {
  const [pid = '', boot = '', start = ''] = content.split(' ');
  if (!/^\d+$/.test(pid) || boot !== (await bootId()) || !exists(Number(pid))) return false;
  // This very process holds what is in its set, and nothing else.
  return Number(pid) !== process.pid && start === (await startOf(Number(pid)));
}

/** Takes a stale lock out of the way; one that somebody has just made in its place is put back. */
async function clear(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch {
    // Somebody else was faster.
    return;
  }
  if ((await readFile(aside, 'utf8').catch(() => '')) !== stale)
    await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Removes the lock of moves (rebind.ts) whose owner is no more: the next move would, too, but there may never be one. */
async function dropStaleMove(directory: string): Promise<void> {
  const path = join(directory, 'bindings', 'lock');
  const content = await readFile(path, 'utf8').catch(() => '');
  if (content !== '' && !held.has(path) && !(await isHeld(content))) await clear(path, content);
}

/** Removes what takers of the lock left beside it when their power was cut. */
async function dropStrays(path: string): Promise<void> {
  const directory = dirname(path);
  for (const name of await readdir(directory)) {
    if (!/^lock\.[0-9a-f]{12}$/.test(name)) continue;
    const stray = join(directory, name);
    const content = await readFile(stray, 'utf8').catch(() => '');
    // Nothing in it yet: somebody may be about to write there.
    if (content !== '' && !(await isHeld(content))) await rm(stray, { force: true });
  }
}

/**
 * Takes the lock of a state folder, and clears away what a power cut has left there half written.
 * @returns what gives it back
 * @throws DeviceError `state` when another process has it
 */
export async function lockState(directory: string): Promise<() => Promise<void>> {
  const path = join(await realpath(directory), 'lock');
  if (held.has(path)) {
    throw new DeviceError('state', `This process already works on ${directory}.`, {
      seen: 'two calls at once',
      expected: 'one at a time',
      nextStep: 'Wait for the first to end.',
    });
  }
  held.add(path);
  // Written whole, then linked into place: a lock never stands there without its owner's name.
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    // Readable for a daemon of another user when root has it: one that cannot be read would pass for a stale one.
    await writeFile(fresh, `${process.pid} ${await bootId()} ${await startOf(process.pid)}`, { mode: 0o644 });
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        await link(fresh, path);
        await sweep(directory);
        await dropStrays(path);
        await dropStaleMove(dirname(path));
        return async () => {
          held.delete(path);
          await rm(path, { force: true });
        };
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const content = await readFile(path, 'utf8').catch(() => '');
      if (await isHeld(content)) {
        const pid = content.split(' ')[0] ?? '';
        throw new DeviceError('state', `Another process works on ${directory}.`, {
          seen: `process ${pid}`,
          expected: 'one process',
          nextStep: `Stop process ${pid}, or use another folder: --state DIR`,
        });
      }
      await clear(path, content);
    }
    throw new DeviceError('state', `The lock of ${directory} cannot be taken.`, { nextStep: 'Try again.' });
  } catch (error) {
    held.delete(path);
    throw error;
  } finally {
    await rm(fresh, { force: true });
  }
}
