/** From a trusted WFM to a client that is onboarded and has reported: what `join` and the daemon share. */
import type { Capabilities } from '@muster/protocol';
import { type Binding, makeCurrent, saveBinding } from '../binding/binding.ts';
import { sendCapabilities } from '../capabilities/report.ts';
import type { DeviceClock } from '../clock/clock.ts';
import { DeviceError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import type { Identity } from '../key/identity.ts';
import type { Wait } from '../schedule/wait.ts';
import { onboard } from './onboard.ts';

export interface Enrollment {
  readonly stateDirectory: string;
  readonly binding: Binding;
  readonly identity: Identity;
  readonly capabilities: Capabilities;
  readonly opaque?: Capabilities | undefined;
  readonly words: readonly string[];
  readonly ticket?: string | undefined;
  readonly now: () => number;
  readonly clock?: DeviceClock | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: OnEvent;
  readonly timeoutSeconds?: number | undefined;
  /** Between two onboarding requests. */
  readonly wait?: Wait | undefined;
  /** Leaves it to the caller which binding is in force. */
  readonly keepCurrent?: boolean | undefined;
  /** Somebody has asked to join: a WFM that has forgotten this client may give it another clientId. */
  readonly acceptNewClientId?: boolean | undefined;
}

/** Nobody is here to see that this device becomes somebody else: the clientId on disk stays the one that counts. */
function otherIdentity(seen: string, expected: string): DeviceError {
  return new DeviceError(
    'refused',
    'The WFM has forgotten this client and wants to give it another clientId.',
    {
      seen,
      expected,
      nextStep:
        'Restore the database of the WFM, or merge the new client into the old; to accept the new clientId run: muster device join',
    },
  );
}

/**
 * Onboards unless there is a clientId, and reports. A WFM that has forgotten the client is asked again, once; another
 * clientId than before is taken only where somebody has asked to join.
 * @throws DeviceError
 */
export async function enroll(
  o: Enrollment,
): Promise<{ binding: Binding & { readonly clientId: string }; status: number }> {
  const { stateDirectory, onEvent } = o;
  const before = o.binding.clientId;
  let { binding } = o;
  for (let round = 0; round < 2; round++) {
    let bound: Binding & { clientId: string };
    if (binding.clientId === null) {
      bound = await onboard({ ...o, binding });
      if (before !== null && bound.clientId !== before) {
        if (o.acceptNewClientId !== true) throw otherIdentity(bound.clientId, before);
        onEvent({
          event: 'notice',
          text: `The WFM has forgotten ${before}; this device is ${bound.clientId} now.`,
        });
      }
      await saveBinding(stateDirectory, bound);
    } else bound = { ...binding, clientId: binding.clientId };
    if (o.keepCurrent !== true) await makeCurrent(stateDirectory, bound);
    const isNew = binding.clientId === null;
    // A daemon tries again and again, and has nothing to tell of what it was all along.
    if (isNew || o.acceptNewClientId === true)
      onEvent({
        event: 'onboarded',
        clientId: bound.clientId,
        created: isNew && bound.clientId !== before,
      });
    const sent = await sendCapabilities({ ...o, binding: bound });
    if (sent === 'unknown-client') {
      // The WFM has lost this client, or is another one at the same address.
      binding = { ...bound, clientId: null };
      continue;
    }
    await saveBinding(stateDirectory, sent.binding);
    const profile = sent.binding.learned?.profile ?? '';
    onEvent({ event: 'reported', deviceId: o.capabilities.deviceId, profile, status: sent.status });
    return sent;
  }
  throw new DeviceError('protocol', 'The WFM forgets this client as soon as it has onboarded it.', {
    seen: '404 twice',
    expected: 'a client that is known',
    nextStep: 'Check that all instances of the WFM share one database.',
  });
}
