/** What this device confirms to a Muster WFM, with a signed request of its own. */
import { type Acknowledgement, routes } from '@muster/protocol';
import { type Binding, saveBinding } from '../binding/binding.ts';
import { sendSigned } from '../http/signed.ts';
import type { Identity } from '../key/identity.ts';

interface Speaker {
  readonly binding: Binding & { readonly clientId: string };
  readonly identity: Identity;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Confirms something.
 * @returns whether the WFM has taken it; 409 means that it has nothing to confirm
 * @throws DeviceError as the exchange does
 */
export async function acknowledge(o: Speaker, said: Acknowledgement): Promise<boolean> {
  const { binding, identity, now, signal } = o;
  const { answer } = await sendSigned({
    url: binding.wfm + routes.acknowledgements(binding.clientId),
    method: 'POST',
    body: Buffer.from(JSON.stringify(said)),
    anchors: binding.anchors,
    signer: identity.signer,
    nonce: binding.nonce,
    offsetSeconds: binding.offsetSeconds,
    now,
    signal,
  });
  return answer.status === 204;
}

/** Confirms once that this device knows of its retirement; what fails is tried again with the next slow retry. */
export async function acknowledgeRetirement(stateDirectory: string, o: Speaker): Promise<void> {
  if (o.binding.retirementAcknowledged) return;
  if (await acknowledge(o, { about: 'retirement' }))
    await saveBinding(stateDirectory, { ...o.binding, retirementAcknowledged: true });
}
