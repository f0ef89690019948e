/** What needs no network: the key and certificate, requests that are carried by hand, and the certificate that comes back. */
import type { Certificate, KeyType } from '@muster/pki';
import { throwIfStopped } from '../errors.ts';
import { openIdentity } from '../key/identity.ts';
import type { MadeRequest } from '../onboarding/request.ts';
import { checkDeviceId, locked } from './locked.ts';

/** Makes or loads the key and certificate, without any network. @throws DeviceError `state`, `usage` */
export async function prepareIdentity(o: {
  stateDirectory: string;
  keyType?: KeyType | undefined;
  keyFile?: string | undefined;
  certFile?: string | undefined;
  deviceId?: string | undefined;
  signal?: AbortSignal | undefined;
}): Promise<{
  certificate: Certificate;
  spkiSha256: string;
  created: boolean;
  keyLocation: string;
  keyType: string;
  deviceId: string;
}> {
  checkDeviceId(o.deviceId);
  throwIfStopped(o.signal);
  const { certificate, signer, created, keyType, deviceId } = await openIdentity(o);
  return {
    certificate,
    spkiSha256: signer.spkiSha256,
    created,
    keyLocation: signer.location,
    keyType,
    deviceId,
  };
}

/**
 * Makes a certificate request for the device's key, and the key when there is none.
 * @throws DeviceError `state`, `usage`
 */
export function requestCertificate(o: {
  stateDirectory: string;
  keyType?: KeyType | undefined;
  key?: string | undefined;
  deviceId?: string | undefined;
  signal?: AbortSignal | undefined;
}): Promise<{ csr: string; commonName: string; keyFingerprint: string }> {
  checkDeviceId(o.deviceId);
  return locked(o, async () => (await import('../key/factory.ts')).certificateRequest(o));
}

/**
 * Makes a signed request file that is carried to a WFM, and the key when there is none; no network.
 * @throws DeviceError `state`, `usage`
 */
export function requestAdmission(o: {
  stateDirectory: string;
  keyType?: KeyType | undefined;
  keyFile?: string | undefined;
  certFile?: string | undefined;
  deviceId?: string | undefined;
  capabilitiesFile?: string | undefined;
  signal?: AbortSignal | undefined;
  now?: (() => number) | undefined;
}): Promise<MadeRequest> {
  checkDeviceId(o.deviceId);
  return locked(o, async () => {
    const [{ makeRequest }, { discoverCapabilities }] = await Promise.all([
      import('../onboarding/request.ts'),
      import('../capabilities/discover.ts'),
    ]);
    const lookAt = (deviceId: string): ReturnType<typeof discoverCapabilities> =>
      discoverCapabilities({ deviceId, capabilitiesFile: o.capabilitiesFile });
    return makeRequest({ ...o, now: o.now ?? Date.now, lookAt });
  });
}

/**
 * Takes the certificate that was issued for the device's key.
 * @throws DeviceError `usage`, `state`
 */
export function installCertificate(o: {
  stateDirectory: string;
  file: string;
  signal?: AbortSignal | undefined;
}): Promise<{ fingerprint: string; subject: string; issuer: string; notAfter: string }> {
  return locked(o, async () => (await import('../key/factory.ts')).importCertificate(o));
}
