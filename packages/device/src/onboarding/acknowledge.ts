/** What this device confirms to a Muster WFM, with a signed request of its own. */
import { type Acknowledgement, routes } from '@muster/protocol';
import { type Binding, requireBinding, saveBinding } from '../binding/binding.ts';
import type { DeviceClock } from '../clock/clock.ts';
import { DeviceError, namedFileError } from '../errors.ts';
import { isPassing } from '../http/answer.ts';
import { sendSigned } from '../http/signed.ts';
import { type Identity, openIdentity } from '../key/identity.ts';

/** Who says something to a WFM. */
export interface Speaker {
  readonly identity: Identity;
  readonly now: () => number;
  readonly clock?: DeviceClock | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Confirms something.
 * @returns whether the WFM has taken it; 409 means that it has nothing to confirm
 * @throws DeviceError `unreachable` when it cannot say now; and as the exchange does
 */
export async function acknowledge(
  o: Speaker & { readonly binding: Binding & { readonly clientId: string } },
  said: Acknowledgement,
): Promise<boolean> {
  const { binding, identity, now, clock, signal } = o;
  const { answer } = await sendSigned({
    url: binding.wfm + routes.acknowledgements(binding.clientId),
    method: 'POST',
    body: Buffer.from(JSON.stringify(said)),
    anchors: binding.anchors,
    signer: identity.signer,
    nonce: binding.nonce,
    offsetSeconds: binding.offsetSeconds,
    now,
    clock,
    signal,
  });
  if (isPassing(answer.status))
    throw new DeviceError('unreachable', 'The WFM cannot take the confirmation now.', {
      seen: `status ${answer.status}`,
      expected: '204',
      nextStep: 'Try again later.',
    });
  return answer.status === 204;
}

/** Confirms once that this device knows of its retirement. Best effort: what does not get through is said at the next call. */
export async function acknowledgeRetirement(o: {
  stateDirectory: string;
  now: () => number;
  clock: DeviceClock;
  signal: AbortSignal;
}): Promise<void> {
  const { stateDirectory } = o;
  try {
    const binding = await requireBinding(stateDirectory);
    if (binding.retirementAcknowledged) return;
    const identity = await openIdentity({ stateDirectory });
    if (await acknowledge({ ...o, binding, identity }, { about: 'retirement' }))
      await saveBinding(stateDirectory, { ...binding, retirementAcknowledged: true });
  } catch (error) {
    if (!(namedFileError(error) instanceof DeviceError)) throw error;
  }
}
