/** The encodings in which certificates travel: PEM, base64 of PEM, base64 or base64url of DER. */
import { readBoundedFile } from '../bounded-file.ts';
import { CertificateError } from '../errors.ts';
import { type Certificate, parseCertificate } from './certificate.ts';

/** Enough for a chain or a CA rotation; a list without end would cost time. */
const maximumCertificates = 16;
const maximumTextLength = 262_144;

function malformed(why: string): CertificateError {
  return new CertificateError('malformed', `The certificate text cannot be read: ${why}.`, {
    seen: why,
    expected: 'PEM, base64 of PEM, or base64 of DER',
    nextStep: 'Send base64 of the PEM file or of the DER bytes.',
  });
}

function fromBase64(text: string): Buffer {
  const compact = text.replace(/\s+/g, '').replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  if (compact === '' || !/^[A-Za-z0-9+/]+$/.test(compact) || compact.length % 4 === 1)
    throw malformed('it is not base64');
  return Buffer.from(compact, 'base64');
}

function fromPem(text: string): Certificate[] {
  const blocks = [...text.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)];
  if (blocks.length === 0) throw malformed('it has no complete CERTIFICATE block');
  if (blocks.length > maximumCertificates) {
    throw new CertificateError('too-large', 'There are too many certificates.', {
      seen: String(blocks.length),
      expected: `at most ${maximumCertificates}`,
      nextStep: 'Send only the certificates of one chain.',
    });
  }
  return blocks.map((block) => parseCertificate(fromBase64(block[1] ?? '')));
}

/**
 * Decodes certificate text by its content, whichever of the four encodings it is in.
 * @returns the leaf first, then what came with it
 * @throws CertificateError
 */
export function decodeCertificates(text: string): Certificate[] {
  if (text.length > maximumTextLength) {
    throw new CertificateError('too-large', 'The certificate text is too long.', {
      seen: `${text.length} characters`,
      expected: `at most ${maximumTextLength}`,
      nextStep: 'Send the device certificate alone.',
    });
  }
  if (text.includes('-----BEGIN ')) return fromPem(text);
  const bytes = fromBase64(text);
  if (bytes.subarray(0, 200).includes('-----BEGIN ')) return fromPem(bytes.toString('latin1'));
  return [parseCertificate(bytes)];
}

/**
 * Reads a certificate file: PEM with one or several certificates, or one DER.
 * @throws CertificateError
 */
export function readCertificateFile(bytes: Uint8Array): Certificate[] {
  const text = Buffer.from(bytes).toString('latin1');
  if (text.length <= maximumTextLength && text.includes('-----BEGIN ')) return fromPem(text);
  return [parseCertificate(bytes)];
}

/**
 * Reads the certificates at a path, however large the file is.
 * @throws CertificateError; FileTooLargeError; and what the system says, such as ENOENT
 */
export async function loadCertificateFile(path: string): Promise<Certificate[]> {
  return readCertificateFile(await readBoundedFile(path, maximumTextLength));
}

/** Encodes certificates for the wire; `base64-der` takes the first only, as DER holds one. */
export function encodeCertificates(
  certs: readonly Certificate[],
  form: 'pem' | 'base64-pem' | 'base64-der',
): string {
  if (form === 'base64-der') return Buffer.from(certs[0]?.der ?? new Uint8Array()).toString('base64');
  const pem = certs.map((cert) => cert.pem).join('');
  return form === 'pem' ? pem : Buffer.from(pem, 'latin1').toString('base64');
}
