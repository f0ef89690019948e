/** For a factory's own PKI: a request for a certificate of the device's key goes out, the certificate comes in. */
import { join } from 'node:path';
import {
  type Certificate,
  CertificateError,
  checkClientLeaf,
  checkValidity,
  createCsr,
  loadCertificateFile,
  writeFileAtomic,
} from '@muster/pki';
import { currentBinding } from '../binding/binding.ts';
import { DeviceError } from '../errors.ts';
import { digestOfFile, readPresent } from './certificate.ts';
import {
  type IdentityOptions,
  openIdentity,
  openKey,
  readSettings,
  type SavedSettings,
  saveSettings,
} from './identity.ts';

/**
 * Makes a PKCS#10 request (RFC 2986) for the device's key; makes the key when there is none.
 * @throws DeviceError `state`, `usage`
 */
export async function certificateRequest(
  o: IdentityOptions,
): Promise<{ csr: string; commonName: string; keyFingerprint: string }> {
  const { deviceId, signer } = await openIdentity(o);
  const commonName = deviceId.slice(0, 64);
  return {
    csr: await createCsr({ keys: signer, commonName }),
    commonName,
    keyFingerprint: `sha256:${signer.spkiSha256}`,
  };
}

async function readChain(file: string, now: Date): Promise<[Certificate, ...Certificate[]]> {
  try {
    const [leaf, ...rest] = await loadCertificateFile(file);
    if (leaf !== undefined) {
      checkClientLeaf(leaf);
      checkValidity(leaf, now);
      return [leaf, ...rest];
    }
  } catch (error) {
    const named = error instanceof CertificateError;
    throw new DeviceError('usage', `The certificate ${file} cannot be used.`, {
      seen: error instanceof Error ? error.message : '',
      expected: 'a valid certificate of this device, then its issuers, as PEM or DER',
      nextStep: named ? error.nextStep : 'Check the path.',
      cause: error,
    });
  }
  throw new DeviceError('usage', `There is no certificate in ${file}.`, { nextStep: 'Check the content.' });
}

/**
 * Whether another certificate may take the place of the present one.
 * @throws DeviceError `usage`
 */
async function checkReplacement(o: {
  stateDirectory: string;
  saved: SavedSettings;
  leaf: Certificate;
  isLost: boolean;
}): Promise<void> {
  const { stateDirectory, saved, leaf } = o;
  // A WFM knows the present certificate; another one behind its back would look like a second device.
  const binding = o.isLost ? null : await currentBinding(stateDirectory);
  if (binding !== null)
    throw new DeviceError('usage', 'This device has joined a WFM with its present certificate.', {
      seen: binding.wfm,
      expected: 'no WFM joined',
      nextStep: 'muster device leave, import, and join again; the same key gets its clientId back.',
    });
  if (saved.keyFile !== undefined)
    throw new DeviceError('usage', 'The key and its certificate are files of your own.', {
      seen: saved.keyFile,
      expected: 'a key that this client has made',
      nextStep: 'Replace your certificate file yourself.',
    });
  const { spkiSha256 } = await openKey({ stateDirectory }, saved);
  if (leaf.spkiSha256 !== spkiSha256)
    throw new DeviceError('usage', 'The certificate does not belong to the key of this device.', {
      seen: `sha256:${leaf.spkiSha256}`,
      expected: `sha256:${spkiSha256}`,
      nextStep: 'Have the request of this device signed: muster device csr',
    });
}

/**
 * Takes the certificate that a CA has issued for the device's key, with its chain. The caller holds the state's lock.
 * @throws DeviceError `usage` when it is not for this key, not valid, or while a WFM is joined
 */
export async function importCertificate(o: {
  stateDirectory: string;
  file: string;
  now?: (() => number) | undefined;
}): Promise<{ fingerprint: string; subject: string; issuer: string; notAfter: string }> {
  const { stateDirectory } = o;
  const path = join(stateDirectory, 'certificate.pem');
  const chain = await readChain(o.file, new Date((o.now ?? Date.now)()));
  const [leaf] = chain;
  const pem = chain.map((c) => c.pem).join('');
  const digest = digestOfFile(Buffer.from(pem));
  const saved = await readSettings(stateDirectory);
  const { issued = [] } = saved;
  const present = await readPresent(path);
  const before = present === null ? '' : digestOfFile(present);
  const isLost = issued.length > 0 && !issued.includes(before);
  // The very one that was imported before comes back as it was: nothing changes for anybody.
  if (!issued.includes(digest)) await checkReplacement({ stateDirectory, saved, leaf, isLost });
  // Both count until the one is in the other's place, so that a cut leaves the old or the new.
  if (issued.length > 0) await saveSettings(stateDirectory, { ...saved, issued: [before, digest] });
  await writeFileAtomic(path, pem, 0o644);
  await saveSettings(stateDirectory, { ...saved, issued: [digest] });
  return {
    fingerprint: `sha256:${leaf.sha256}`,
    subject: leaf.subject,
    issuer: leaf.issuer,
    notAfter: leaf.notAfter.toISOString(),
  };
}
