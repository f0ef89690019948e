/** Taking back what was reported: this device and all behind it, the deepest first. */
import type { Binding } from '../binding/binding.ts';
import type { DeviceClock } from '../clock/clock.ts';
import { loadReported } from '../gateway/reported.ts';
import type { Identity } from '../key/identity.ts';
import { removeDevice } from './remove.ts';

/**
 * Deletes the capabilities at the WFM of a binding.
 * @returns whether there was something to delete; rc.1 has no route to delete by
 * @throws DeviceError `refused`, and as the exchange does
 */
export async function withdraw(o: {
  readonly stateDirectory: string;
  readonly binding: Binding & { readonly clientId: string };
  readonly identity: Identity;
  readonly now: () => number;
  readonly clock?: DeviceClock | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<boolean> {
  const { stateDirectory, binding, ...how } = o;
  if (binding.learned === null || binding.learned.profile === 'rc.1') return false;
  const { children } = await loadReported(stateDirectory, binding);
  const deepestFirst = Object.keys(children).sort((a, b) => b.split('/').length - a.split('/').length);
  for (const deviceId of deepestFirst) await removeDevice({ ...how, binding, deviceId });
  const status = await removeDevice({ ...how, binding, deviceId: binding.deviceId });
  return status === 204 || status === 200;
}
