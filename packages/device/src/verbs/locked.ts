/** What the verbs share: one process at a time works on a state folder, and device ids are checked before anything else. */
import { makeDirectory } from '@muster/pki';
import { parseDeviceId, ProtocolError } from '@muster/protocol';
import { borrowFolder } from '../agent/control.ts';
import { DeviceError, namedFileError, throwIfStopped } from '../errors.ts';
import { lockState } from '../state/lock.ts';

interface Taken {
  readonly giveBack: () => Promise<void>;
  /** A daemon has made way. */
  readonly isServed: boolean;
}

/** Takes the lock of a state folder; a daemon that has it makes way. @throws DeviceError `state` */
async function takeFolder(directory: string, signal: AbortSignal | undefined): Promise<Taken> {
  try {
    return { giveBack: await lockState(directory), isServed: false };
  } catch (error) {
    if (!(error instanceof DeviceError) || error.code !== 'state') throw error;
    const letGoOn = await borrowFolder(directory, signal);
    // It may have ended since.
    if (letGoOn === null) return { giveBack: await lockState(directory), isServed: false };
    try {
      const unlock = await lockState(directory);
      return { giveBack: () => unlock().finally(letGoOn), isServed: true };
    } catch (taken) {
      letGoOn();
      throw taken;
    }
  }
}

/**
 * Works on a state folder, alone; a daemon stands still meanwhile, and goes on with what it finds then.
 * @throws DeviceError `aborted` when it has been stopped before it begins; `state` when another command works there
 */
export async function locked<T>(
  { stateDirectory, signal }: { stateDirectory: string; signal?: AbortSignal | undefined },
  run: (isServed: boolean) => Promise<T>,
): Promise<T> {
  throwIfStopped(signal);
  try {
    await makeDirectory(stateDirectory);
    const { giveBack, isServed } = await takeFolder(stateDirectory, signal);
    try {
      return await run(isServed);
    } finally {
      await giveBack();
    }
  } catch (error) {
    throw namedFileError(error);
  }
}

/** @throws DeviceError `usage` for a device id that no WFM takes */
export function checkDeviceId(deviceId: string | undefined): void {
  if (deviceId === undefined) return;
  try {
    parseDeviceId(deviceId);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new DeviceError('usage', error.message, { seen: deviceId.slice(0, 100), nextStep: error.nextStep });
  }
}
