/** Taking back a request that nobody has decided: the WFM must not be left with one that is approved when nobody expects it. */
import { encodeCertificates } from '@muster/pki';
import { onboardingRequest, routes } from '@muster/protocol';
import { type Binding, dropBinding, bindingName } from '../binding/binding.ts';
import { DeviceError } from '../errors.ts';
import { isPassing } from '../http/answer.ts';
import { sendSigned } from '../http/signed.ts';
import type { Speaker } from './acknowledge.ts';
import { refusal } from './onboard.ts';

/** What became of the request at one WFM. */
export interface TakenBack {
  readonly wfm: string;
  /** False for a WFM that does not know how; its operator has to delete the request. */
  readonly takenBack: boolean;
}

type TakeBack = Speaker & { readonly stateDirectory: string };

/**
 * Takes the request back at the WFM of a binding, and then forgets the binding. The same again changes nothing.
 * @throws DeviceError `refused` when the device was let in meanwhile, and as the exchange does: then the binding is kept
 */
export async function takeBack(o: TakeBack, binding: Binding): Promise<TakenBack> {
  const { stateDirectory, identity, ...how } = o;
  const document = onboardingRequest(encodeCertificates(identity.chain, binding.certificateForm), {});
  const { answer } = await sendSigned({
    ...how,
    url: binding.wfm + routes.withdrawal,
    method: 'POST',
    body: Buffer.from(JSON.stringify(document)),
    anchors: binding.anchors,
    signer: identity.signer,
    nonce: binding.nonce,
    offsetSeconds: binding.offsetSeconds,
  });
  const { status } = answer;
  if (status === 409)
    throw new DeviceError('refused', `${binding.wfm} has let this device in meanwhile.`, {
      seen: '409',
      expected: 'a request that nobody has decided',
      nextStep: 'Join once more to get the clientId, then leave; or let its operator retire the client.',
    });
  const isUnknownThere = status === 404 || status === 405;
  if (status !== 204 && !isUnknownThere)
    throw isPassing(status)
      ? new DeviceError('unreachable', `${binding.wfm} cannot take the request back now.`, {
          seen: `status ${status}`,
          expected: '204',
          nextStep: 'Try again later; nothing was forgotten here.',
        })
      : refusal(answer);
  await dropBinding(stateDirectory, bindingName(binding.wfm));
  return { wfm: binding.wfm, takenBack: status === 204 };
}
