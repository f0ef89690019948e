import {
  constants,
  createHash,
  generateKeyPair as generate,
  type KeyObject,
  sign as cryptoSign,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { SignatureAlgorithm, SigningKey } from '@muster/signatures';

export type KeyType = 'p256' | 'p384' | 'rsa2048' | 'rsa3072';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** How a private key is kept, from the weakest. */
export type KeyProtection = 'software' | 'software-encrypted' | 'pkcs11' | 'tpm';

/** What a token says of itself (PKCS #11, CK_TOKEN_INFO). */
export interface TokenDescription {
  readonly manufacturer: string;
  readonly model: string;
  readonly label: string;
}

/** The port to a private key: whoever holds it signs, nobody sees it. */
export interface Signer extends SigningKey {
  readonly publicKey: KeyObject;
  /** Hex SHA-256 of the SubjectPublicKeyInfo. */
  readonly spkiSha256: string;
  readonly protection: KeyProtection;
  /** The token that holds it; absent for a file. */
  readonly token?: TokenDescription;
  /** Where the key lives, in words for people. */
  readonly location: string;
}

const generateAsync = promisify(generate);

/** Makes a key pair on the thread pool. */
export async function generateKeyPair(type: KeyType): Promise<KeyPair> {
  switch (type) {
    case 'p256':
      return generateAsync('ec', { namedCurve: 'P-256' });
    case 'p384':
      return generateAsync('ec', { namedCurve: 'P-384' });
    case 'rsa2048':
      return generateAsync('rsa', { modulusLength: 2048 });
    case 'rsa3072':
      return generateAsync('rsa', { modulusLength: 3072 });
  }
}

/** Hex SHA-256 of the key's SubjectPublicKeyInfo DER: the keyid that Muster sends. */
export function spkiSha256(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex');
}

/** What a key signs with when nobody says otherwise. */
export function defaultAlgorithm(key: KeyObject): SignatureAlgorithm {
  if (key.asymmetricKeyType === 'rsa') return 'rsa-v1_5-sha256';
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  return key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'ecdsa-p384-sha384' : 'ecdsa-p256-sha256';
}

/** A signer over a key in memory that was read from a file. RSA signs PKCS#1 v1.5 unless told otherwise. */
export function fileSigner(
  pair: KeyPair,
  location: string,
  algorithm = defaultAlgorithm(pair.publicKey),
  protection: 'software' | 'software-encrypted' = 'software',
): Signer {
  return {
    algorithm,
    publicKey: pair.publicKey,
    spkiSha256: spkiSha256(pair.publicKey),
    protection,
    location,
    sign: (base) => Promise.resolve(signBytes(algorithm, pair.privateKey, base)),
  };
}

function signBytes(algorithm: SignatureAlgorithm, key: KeyObject, base: Uint8Array): Uint8Array {
  switch (algorithm) {
    case 'ecdsa-p256-sha256':
      return derToFixed(cryptoSign('sha256', base, key), 32);
    case 'ecdsa-p384-sha384':
      return derToFixed(cryptoSign('sha384', base, key), 48);
    case 'ed25519':
      return cryptoSign(null, base, key);
    case 'rsa-v1_5-sha256':
      return cryptoSign('sha256', base, key);
    case 'rsa-pss-sha256':
      return cryptoSign('sha256', base, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
    case 'rsa-pss-sha512':
      return cryptoSign('sha512', base, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 });
  }
}

/** DER ECDSA signature to r||s; by hand for the speed of the plain sign call (RFC 9421 section 3.3.4). */
function derToFixed(der: Uint8Array, width: number): Uint8Array {
  const out = new Uint8Array(width * 2);
  const rLength = der[3] ?? 0;
  const r = der.subarray(4, 4 + rLength);
  const sLength = der[5 + rLength] ?? 0;
  const s = der.subarray(6 + rLength, 6 + rLength + sLength);
  const place = (integer: Uint8Array, end: number): void => {
    const body = integer.length > width ? integer.subarray(integer.length - width) : integer;
    out.set(body, end - body.length);
  };
  place(r, width);
  place(s, width * 2);
  return out;
}
