/** A new key or certificate in the place of the present one, without an operator and without a gap. */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  encodeCertificates,
  formatKeyUri,
  type KeyType,
  makeDirectory,
  parseKeyUri,
  selfSignedDeviceCertificate,
  writeFileAtomic,
} from '@muster/pki';
import { nextKeyUri } from './token.ts';
import { onboardingRequest, routes } from '@muster/protocol';
import { type Binding, saveBinding } from '../binding/binding.ts';
import type { DeviceClock } from '../clock/clock.ts';
import { ownValidity } from '../clock/judge.ts';
import { DeviceError } from '../errors.ts';
import { nextContinuity, sendSigned } from '../http/signed.ts';
import { clientIdOf, refusal } from '../onboarding/onboard.ts';
import { type Identity, openIdentity, readSettings, saveSettings } from './identity.ts';

type Bound = Binding & { readonly clientId: string };

interface Send {
  readonly stateDirectory: string;
  readonly binding: Bound;
  readonly now: () => number;
  readonly clock: DeviceClock;
  readonly signal?: AbortSignal | undefined;
}

/** Sends the onboarding request of `next`, signed by the key on file, too, when it is another one. */
async function send(o: Send, next: Identity, present: Identity): Promise<void> {
  const { binding } = o;
  const body = onboardingRequest(encodeCertificates(next.chain, binding.certificateForm));
  const isNewKey = next.signer.spkiSha256 !== present.signer.spkiSha256;
  const { answer, offsetSeconds } = await sendSigned({
    url: binding.wfm + routes.onboarding,
    method: 'POST',
    body: Buffer.from(JSON.stringify(body)),
    anchors: binding.anchors,
    signer: next.signer,
    secondSignature: isNewKey ? { signer: present.signer, keyid: binding.clientId } : undefined,
    nonce: binding.nonce,
    offsetSeconds: binding.offsetSeconds,
    now: o.now,
    clock: o.clock,
    signal: o.signal,
  });
  if (answer.status !== 200 && answer.status !== 201) throw refusal(answer);
  const clientId = clientIdOf(answer);
  if (clientId !== binding.clientId)
    throw new DeviceError('protocol', 'The WFM answered the rotation with another identity.', {
      seen: clientId,
      expected: binding.clientId,
      nextStep: 'The present key stays in use. Tell the operator of the WFM.',
    });
  // A proof belongs to a key: the old one says nothing about the new.
  await saveBinding(o.stateDirectory, {
    ...binding,
    offsetSeconds,
    continuity: nextContinuity(answer, isNewKey ? null : binding.continuity),
  });
}

/**
 * Changes the key. The new one is on disk before the WFM hears of it, and takes the old one's place only after the WFM
 * has bound it; a cut anywhere is made good by running this again.
 * @throws DeviceError `refused`, `rejected`, `protocol`, `unreachable`, `trust`
 */
export async function rotateKey(
  o: Send & { present: Identity; keyType?: KeyType | undefined },
): Promise<Identity> {
  const nextDirectory = join(o.stateDirectory, 'next');
  await makeDirectory(nextDirectory);
  const present = o.present.key;
  const next = await openIdentity({
    stateDirectory: nextDirectory,
    keyType: o.keyType,
    key: present === null ? undefined : formatKeyUri(nextKeyUri(parseKeyUri(present))),
    deviceId: o.binding.deviceId,
    clock: o.clock,
  });
  if (next.signer.spkiSha256 !== o.present.signer.spkiSha256) await send(o, next, o.present);
  // An issued certificate belongs to its key, and goes with it.
  if (o.present.issued.length > 0) {
    const { issued: _, ...saved } = await readSettings(o.stateDirectory);
    await saveSettings(o.stateDirectory, saved);
  }
  // A key in a token has no file; its name takes the place of the old one's.
  for (const file of [present === null ? 'key.pem' : 'identity.json', 'certificate.pem'])
    await rename(join(nextDirectory, file), join(o.stateDirectory, file));
  await rm(nextDirectory, { recursive: true, force: true });
  return openIdentity({ stateDirectory: o.stateDirectory });
}

/**
 * Renews the self-signed certificate of the present key. It is on disk before it is sent: a certificate that the WFM
 * has replaced must never come back, which would look like a second device.
 * @throws DeviceError as {@link rotateKey}
 */
export async function renewCertificate(o: Send & { present: Identity }): Promise<Identity> {
  const { present, binding, stateDirectory } = o;
  const certificate = await selfSignedDeviceCertificate({
    keys: present.signer,
    commonName: binding.deviceId.slice(0, 64),
    ...ownValidity(o.clock),
  });
  await writeFileAtomic(join(stateDirectory, 'certificate.pem'), certificate.pem, 0o644);
  const renewed = await openIdentity({ stateDirectory });
  await send(o, renewed, present);
  return renewed;
}
