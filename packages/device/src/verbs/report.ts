/** Reporting capabilities now, by the daemon where one runs. */
import { askDaemon } from '../agent/control.ts';
import { requireBinding, saveBinding } from '../binding/binding.ts';
import { sendCapabilities } from '../capabilities/report.ts';
import { openClock } from '../clock/clock.ts';
import { DeviceError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import type { ChildStatus } from '../gateway/reported.ts';
import { openIdentity } from '../key/identity.ts';
import { locked } from './locked.ts';

/**
 * Reports this machine's capabilities now.
 * @throws DeviceError `not-joined`, `refused`, `unreachable`, `trust`
 */
export async function report(o: {
  stateDirectory: string;
  capabilitiesFile?: string | undefined;
  inventory?: string | undefined;
  signal?: AbortSignal | undefined;
  onEvent?: OnEvent | undefined;
  now?: (() => number) | undefined;
}): Promise<{ status: number; deviceId: string; profile: string; children: ChildStatus[] }> {
  // A daemon that works on this folder does it, with what it holds.
  const told = await askDaemon(o.stateDirectory, 'report', o.signal);
  if (told !== null)
    return told as { status: number; deviceId: string; profile: string; children: ChildStatus[] };
  return locked(o, async () => {
    const onEvent = o.onEvent ?? (() => undefined);
    const now = o.now ?? Date.now;
    const binding = await requireBinding(o.stateDirectory);
    const identity = await openIdentity(o);
    const { lookAtOffer, syncChildren } = await import('../gateway/sync.ts');
    const offer = await lookAtOffer({ ...o, binding });
    const how = {
      stateDirectory: o.stateDirectory,
      identity,
      now,
      clock: await openClock(o.stateDirectory, now),
      signal: o.signal,
      onEvent,
    };
    const sent = await sendCapabilities({ ...how, ...offer, binding });
    if (sent === 'unknown-client') {
      throw new DeviceError('refused', 'The WFM does not know this client any more.', {
        seen: '404 for the clientId',
        expected: binding.clientId,
        nextStep: 'Join again; the same key gets its clientId back, or a new decision.',
      });
    }
    await saveBinding(o.stateDirectory, sent.binding);
    const profile = sent.binding.learned?.profile ?? '';
    onEvent({ event: 'reported', deviceId: binding.deviceId, profile, status: sent.status });
    const { children } = await syncChildren({ ...how, binding: sent.binding, offer, isWhole: true });
    return { status: sent.status, deviceId: binding.deviceId, profile, children };
  });
}
