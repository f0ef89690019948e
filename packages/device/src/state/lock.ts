/** One process per state folder: two would each think they own the identity. */
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DeviceError } from '../errors.ts';

/** Changes with every start of the machine, so that a lock of a former life is no lock. */
async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => 'unknown')).trim();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * Takes the lock of a state folder.
 * @returns what gives it back
 * @throws DeviceError `state` when another process has it
 */
export async function lockState(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock');
  const mine = `${process.pid} ${await bootId()}`;
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(path, 'wx', 0o600);
      await handle.writeFile(mine);
      await handle.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const [pid = '', boot = ''] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
    if (Number(pid) !== process.pid && boot === (await bootId()) && isAlive(Number(pid))) {
      throw new DeviceError('state', `Another process works on ${directory}.`, {
        seen: `process ${pid}`,
        expected: 'one process',
        nextStep: `Stop process ${pid}, or use another folder: --state DIR`,
      });
    }
    if (Number(pid) === process.pid) {
      throw new DeviceError('state', `This process already works on ${directory}.`, {
        seen: 'two calls at once',
        expected: 'one at a time',
        nextStep: 'Wait for the first to end.',
      });
    }
    await rm(path, { force: true });
  }
  throw new DeviceError('state', `The lock of ${directory} cannot be taken.`, { nextStep: 'Try again.' });
}
