/** Telling a WFM that a device is gone. */
import { routes } from '@muster/protocol';
import type { Binding } from '../binding/binding.ts';
import type { DeviceClock } from '../clock/clock.ts';
import { DeviceError } from '../errors.ts';
import { isPassing } from '../http/answer.ts';
import { sendSigned } from '../http/signed.ts';
import type { Identity } from '../key/identity.ts';
import { refusal } from './report.ts';

/**
 * Deletes a device at the WFM.
 * @returns the status: 200 or 204, or 403, 404, 405 when there is nothing left for this client to delete
 * @throws DeviceError `refused`, and as the exchange does
 */
export async function removeDevice(o: {
  binding: Binding & { readonly clientId: string };
  identity: Identity;
  deviceId: string;
  now: () => number;
  clock?: DeviceClock | undefined;
  signal?: AbortSignal | undefined;
}): Promise<number> {
  const { binding } = o;
  const { answer } = await sendSigned({
    url: binding.wfm + routes.deviceCapabilities(binding.clientId, o.deviceId),
    method: 'DELETE',
    anchors: binding.anchors,
    signer: o.identity.signer,
    nonce: binding.nonce,
    offsetSeconds: binding.offsetSeconds,
    now: o.now,
    clock: o.clock,
    signal: o.signal,
  });
  if ([200, 204, 403, 404, 405].includes(answer.status)) return answer.status;
  if (isPassing(answer.status)) throw refusal(answer);
  throw new DeviceError('refused', `The WFM did not delete ${o.deviceId}.`, {
    seen: `status ${answer.status}`,
    expected: '204',
    nextStep: 'Try again later.',
  });
}
