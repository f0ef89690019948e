/** The certificate beside the key: of the device's own making and made anew when need be, or issued by a CA and never replaced. */
import { createHash } from 'node:crypto';
import {
  type Certificate,
  CertificateError,
  FileTooLargeError,
  readBoundedFile,
  readCertificateFile,
  selfSignedDeviceCertificate,
  type Signer,
  writeFileAtomic,
} from '@muster/pki';
import type { DeviceClock } from '../clock/clock.ts';
import { isOfWrongClock, ownValidity } from '../clock/judge.ts';
import { DeviceError } from '../errors.ts';

/** As readCertificateFile has it. */
const maximumFile = 262_144;

interface Place {
  readonly path: string;
  readonly signer: Signer;
  readonly commonName: string;
  readonly clock: DeviceClock;
  /** Digests of what a CA has issued and was put there; while one is being replaced, of both. */
  readonly issued: readonly string[];
}

interface Found {
  readonly chain: Certificate[];
  readonly issued: readonly string[];
}

/** What tells an issued certificate, with the chain behind it, from one that was damaged. */
export const digestOfFile = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function lost(path: string, seen: string): DeviceError {
  return new DeviceError(
    'state',
    'The certificate that a CA has issued for this device is damaged or gone.',
    {
      seen: `${path}: ${seen}`,
      expected: 'the file as it was imported',
      nextStep: 'Import it again: muster device import-certificate FILE',
    },
  );
}

/** What lies there; null for nothing, and nothing of a file that cannot be one. */
export async function readPresent(path: string): Promise<Buffer | null> {
  try {
    return await readBoundedFile(path, maximumFile);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    // Nothing of that size was ever written there.
    if (error instanceof FileTooLargeError) return Buffer.alloc(0);
    throw error;
  }
}

function parsed(bytes: Buffer): Certificate[] {
  try {
    return readCertificateFile(bytes);
  } catch (error) {
    if (error instanceof CertificateError) return [];
    throw error;
  }
}

/**
 * Loads the certificate, or makes one.
 * @returns with what is known of an issued one, to be remembered
 * @throws DeviceError `state` when one that a CA has issued is damaged or gone: nobody else could make it again
 */
export async function loadOrMakeCertificate(o: Place): Promise<Found> {
  const { path, signer, clock, issued } = o;
  const bytes = await readPresent(path);
  if (issued.length > 0) {
    if (bytes === null) throw lost(path, 'nothing');
    if (!issued.includes(digestOfFile(bytes))) throw lost(path, 'something else');
  }
  const found = bytes === null ? [] : parsed(bytes);
  const [leaf] = found;
  // A certificate of another key is the trace of a cut between the two writes; the key is the identity.
  if (bytes !== null && leaf?.spkiSha256 === signer.spkiSha256) {
    if (!leaf.selfIssued) return { chain: found, issued: [digestOfFile(bytes)] };
    if (!isOfWrongClock(leaf, clock.lowerBound, clock.trusted)) return { chain: found, issued: [] };
  }
  const certificate = await selfSignedDeviceCertificate({
    keys: signer,
    commonName: o.commonName,
    ...ownValidity(clock),
  });
  await writeFileAtomic(path, certificate.pem, 0o644);
  return { chain: [certificate], issued: [] };
}
