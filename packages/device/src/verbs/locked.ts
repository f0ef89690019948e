/** What the verbs share: one process at a time works on a state folder, and device ids are checked before anything else. */
import { makeDirectory } from '@muster/pki';
import { parseDeviceId, ProtocolError } from '@muster/protocol';
import { DeviceError, namedFileError, throwIfStopped } from '../errors.ts';
import { lockState } from '../state/lock.ts';

/** Works on a state folder, alone. @throws DeviceError `aborted` when it has been stopped before it begins */
export async function locked<T>(
  { stateDirectory, signal }: { stateDirectory: string; signal?: AbortSignal | undefined },
  run: () => Promise<T>,
): Promise<T> {
  throwIfStopped(signal);
  try {
    await makeDirectory(stateDirectory);
    const unlock = await lockState(stateDirectory);
    try {
      return await run();
    } finally {
      await unlock();
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
