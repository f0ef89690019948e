/** The way back of trust by hand: a file in which the device proves its key, carried to the WFM. */
import { createHash } from 'node:crypto';
import { type Signed, signDocument } from '@muster/pki';
import { type Capabilities, type DeviceRequest, pairingWords, renderCapabilities } from '@muster/protocol';
import { type IdentityOptions, openIdentity } from '../key/identity.ts';

/** A signed request to be let in. */
export interface DeviceRequestFile extends Signed {
  readonly format: 'muster-device-request-1';
}

export interface MadeRequest {
  readonly file: DeviceRequestFile;
  readonly deviceId: string;
  readonly keyFingerprint: string;
  readonly fingerprint: string;
  /** Of the key alone: no CA is known yet. */
  readonly words: readonly string[];
  readonly vendor: string;
  readonly modelNumber: string;
}

/**
 * Makes the request, and the key when there is none.
 * @param o.lookAt what this machine offers, by its device id
 * @throws DeviceError `state`, `usage`
 */
export async function makeRequest(
  o: IdentityOptions & { now: () => number; lookAt: (deviceId: string) => Promise<Capabilities> },
): Promise<MadeRequest> {
  const { signer, certificate, chain, deviceId } = await openIdentity(o);
  const capabilities = await o.lookAt(deviceId);
  const keyFingerprint = `sha256:${signer.spkiSha256}`;
  const statement: DeviceRequest = {
    kind: 'device-request',
    deviceId,
    keyFingerprint,
    certificates: chain.map((c) => c.pem),
    madeAt: new Date(o.now()).toISOString(),
    capabilities: renderCapabilities(capabilities, 'rc.2c'),
  };
  const sign = async (text: string): Promise<string> =>
    Buffer.from(await signer.sign(Buffer.from(text))).toString('base64');
  return {
    file: { format: 'muster-device-request-1', ...(await signDocument({ certificate, sign }, statement)) },
    deviceId,
    keyFingerprint,
    fingerprint: `sha256:${certificate.sha256}`,
    vendor: capabilities.vendor,
    modelNumber: capabilities.modelNumber,
    words: pairingWords('', signer.spkiSha256, (bytes) => createHash('sha256').update(bytes).digest()),
  };
}
