/** Changing the key, or renewing the certificate of the present one. */
import type { KeyType } from '@muster/pki';
import { requireBinding } from '../binding/binding.ts';
import { openClock } from '../clock/clock.ts';
import { DeviceError } from '../errors.ts';
import { openIdentity } from '../key/identity.ts';
import { locked } from './locked.ts';

/**
 * Changes the key, or renews the certificate of the present one. The clientId stays.
 * @throws DeviceError `not-joined`, `usage`, `refused`, `rejected`, `unreachable`, `trust`
 */
export function rotate(o: {
  stateDirectory: string;
  /** Keep the key and renew its certificate. */
  sameKey?: boolean | undefined;
  keyType?: KeyType | undefined;
  signal?: AbortSignal | undefined;
  now?: (() => number) | undefined;
}): Promise<{ clientId: string; before: string; after: string; certificate: string; notAfter: string }> {
  return locked(o, async () => {
    const binding = await requireBinding(o.stateDirectory);
    const present = await openIdentity(o);
    if (present.isForeign)
      throw new DeviceError('usage', 'The key and its certificate are files of your own.', {
        seen: present.signer.location,
        expected: 'a key that this client has made',
        nextStep:
          'Put the new files in place and join again; the operator merges the new key into this client.',
      });
    if (o.sameKey === true && present.issued.length > 0)
      throw new DeviceError('usage', 'A CA has issued the certificate of this device.', {
        seen: present.certificate.issuer,
        expected: 'a certificate that this client has made',
        nextStep:
          'Have it issued anew (muster device csr), then: muster device leave, import-certificate FILE, and join again; the same key gets its clientId back.',
      });
    // Another WFM would take the second signature for noise, and this device for a stranger.
    if (o.sameKey !== true && binding.continuity === null)
      throw new DeviceError('refused', 'This WFM has not said that it can rotate keys.', {
        seen: binding.wfm,
        expected: 'a Muster WFM',
        nextStep: 'Report once (muster device report) and try again, or ask its operator.',
      });
    const now = o.now ?? Date.now;
    const clock = await openClock(o.stateDirectory, now);
    const how = { ...o, binding, present, now, clock };
    const { rotateKey, renewCertificate } = await import('../key/rotate.ts');
    const next = await (o.sameKey === true ? renewCertificate(how) : rotateKey(how));
    return {
      clientId: binding.clientId,
      before: `sha256:${present.signer.spkiSha256}`,
      after: `sha256:${next.signer.spkiSha256}`,
      certificate: `sha256:${next.certificate.sha256}`,
      notAfter: next.certificate.notAfter.toISOString(),
    };
  });
}
