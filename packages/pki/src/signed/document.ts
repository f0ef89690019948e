/** Files that carry a statement, a signature over its exact text, and the certificate of whoever signed. */
import { type KeyObject, verify } from 'node:crypto';
import { CertificateError, SignedFileError } from '../errors.ts';
import type { Certificate } from '../read/certificate.ts';
import { decodeCertificates } from '../read/decode.ts';

/** What was signed, and by whom. */
export interface Signed {
  /** The exact text that was signed: JSON. */
  readonly statement: string;
  /** base64; ECDSA as r‖s. */
  readonly signature: string;
  /** PEM. */
  readonly certificate: string;
}

/** Whoever can sign a document. */
export interface DocumentSigner {
  readonly certificate: Certificate;
  /** @returns base64 of the signature over the UTF-8 of the text; ECDSA as r‖s */
  sign(text: string): Promise<string>;
}

/** Signs a statement. */
export async function signDocument(signer: DocumentSigner, statement: object): Promise<Signed> {
  const text = JSON.stringify(statement);
  return { statement: text, signature: await signer.sign(text), certificate: signer.certificate.pem };
}

function holds(key: KeyObject, text: string, signature: Buffer): boolean {
  const hash = key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256';
  try {
    if (key.asymmetricKeyType === 'ec')
      return verify(hash, Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature);
    return verify(key.asymmetricKeyType === 'rsa' ? 'sha256' : null, Buffer.from(text), key, signature);
  } catch {
    // A kind of key that cannot sign, such as X25519, has not signed this.
    return false;
  }
}

/**
 * Checks the signature against the certificate that the document brings; whether that one is to be believed is
 * somebody else's question.
 * @returns the certificate, and whether the signature is true
 * @throws CertificateError when the certificate cannot be read
 */
export function verifyDocument(signed: Signed): { certificate: Certificate; ok: boolean } {
  const [certificate] = decodeCertificates(signed.certificate);
  if (certificate === undefined)
    throw new CertificateError('malformed', 'There is no certificate.', { nextStep: 'Get the file again.' });
  const ok = holds(certificate.publicKey, signed.statement, Buffer.from(signed.signature, 'base64'));
  return { certificate, ok };
}

/** The largest signed file that is read. */
export const maximumSignedFile = 1_048_576;

/**
 * Opens a file of the form `{"format":"muster-KIND-1","statement":…,"signature":…,"certificate":…}`: its size, its kind
 * and version, and its signature, before anything in the statement is looked at.
 * @param what the file in words for people, such as "trust pack"
 * @throws SignedFileError `too-large`, `damaged`, `wrong-kind`, `unsupported-version`, `bad-signature`
 */
export function openSignedFile(
  text: string,
  kind: string,
  what: string,
): { statement: Record<string, unknown>; certificate: Certificate } {
  const refuse = (
    code: SignedFileError['code'],
    message: string,
    seen: string,
    nextStep = 'Make it again where it comes from, and carry it over whole.',
  ): SignedFileError =>
    new SignedFileError(code, message, { seen, expected: `a ${what} (muster-${kind}-1)`, nextStep });
  if (text.length > maximumSignedFile)
    throw refuse('too-large', `This is no ${what}: it is too large.`, `${text.length} characters`);
  const damaged = (seen: string): SignedFileError =>
    refuse('damaged', `The ${what} is damaged or cut off.`, seen);
  const record = (json: string): Record<string, unknown> => {
    try {
      const value: unknown = JSON.parse(json);
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        return value as Record<string, unknown>;
    } catch (error) {
      throw damaged(error instanceof Error ? error.message.slice(0, 100) : '');
    }
    throw damaged('no JSON object');
  };
  const file = record(text);
  const format = String(file['format'] ?? 'no format').slice(0, 60);
  if (format !== `muster-${kind}-1`) {
    if (format.startsWith(`muster-${kind}-`))
      throw refuse(
        'unsupported-version',
        `This ${what} is of a version that is not known here.`,
        format,
        'Bring both sides to the same version of Muster, and make it again.',
      );
    throw refuse('wrong-kind', `This is no ${what}.`, format, 'Check which file this is.');
  }
  const { statement, signature, certificate } = file;
  if (typeof statement !== 'string' || typeof signature !== 'string' || typeof certificate !== 'string')
    throw damaged('a part of it is missing');
  let verified: ReturnType<typeof verifyDocument>;
  try {
    verified = verifyDocument({ statement, signature, certificate });
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw damaged(error.message);
  }
  if (!verified.ok)
    throw refuse(
      'bad-signature',
      `The ${what} was changed after it was signed.`,
      `a signature that does not fit, by sha256:${verified.certificate.sha256}`,
    );
  const value = record(statement);
  // The signer signs several kinds of statements: none may be passed off as another.
  if (value['kind'] !== kind)
    throw refuse('wrong-kind', `This is no ${what}.`, String(value['kind']).slice(0, 60));
  return { statement: value, certificate: verified.certificate };
}
