/** The cryptography of each algorithm, over node:crypto (RFC 9421 section 3.3). */
import { constants, type KeyObject, verify as cryptoVerify } from 'node:crypto';
import { SignatureError } from './errors.ts';
import type { SignatureAlgorithm } from './types.ts';

/** Every algorithm this room can verify. */
export const knownAlgorithms: readonly SignatureAlgorithm[] = [
  'ecdsa-p256-sha256',
  'ecdsa-p384-sha384',
  'rsa-v1_5-sha256',
  'rsa-pss-sha256',
  'rsa-pss-sha512',
  'ed25519',
];

/**
 * The algorithms a public key can be used with, in the order they are tried.
 * @throws SignatureError `key-unsupported`
 */
export function algorithmsOfKey(key: KeyObject): readonly SignatureAlgorithm[] {
  switch (key.asymmetricKeyType) {
    case 'ec': {
      const curve = key.asymmetricKeyDetails?.namedCurve;
      if (curve === 'prime256v1') return ['ecdsa-p256-sha256'];
      if (curve === 'secp384r1') return ['ecdsa-p384-sha384'];
      break;
    }
    case 'rsa':
      return ['rsa-v1_5-sha256', 'rsa-pss-sha256', 'rsa-pss-sha512'];
    case 'ed25519':
      return ['ed25519'];
  }
  throw new SignatureError('key-unsupported', 'This kind of key cannot verify message signatures.', {
    seen: String(key.asymmetricKeyType),
    expected: 'EC P-256, EC P-384, RSA or Ed25519',
    nextStep: 'Use a certificate with a supported key.',
  });
}

/** Writes the integer of `source[from..to)` as DER at `out[at]`: minimal, never negative. Answers where the next one starts. */
function writeInteger(out: Uint8Array, at: number, source: Uint8Array, from: number, to: number): number {
  let first = from;
  while (first < to - 1 && source[first] === 0) first++;
  const pad = (source[first] ?? 0) >= 0x80 ? 1 : 0;
  out[at] = 0x02;
  out[at + 1] = pad + to - first;
  let next = at + 2;
  if (pad === 1) out[next++] = 0;
  for (let i = first; i < to; i++) out[next++] = source[i] ?? 0;
  return next;
}

/**
 * Turns r||s into the DER that node verifies by default. Done by hand because the `ieee-p1363` option needs the
 * options-object form of crypto.verify, which is a quarter slower on Node 24.
 */
function ecdsaToDer(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2;
  // One small array from the pool of buffers: seven typed arrays of their own cost as much as reading the fields.
  const out = Buffer.allocUnsafe(signature.length + 8);
  const middle = writeInteger(out, 2, signature, 0, half);
  const end = writeInteger(out, middle, signature, half, signature.length);
  out[0] = 0x30;
  out[1] = end - 2;
  return out.subarray(0, end);
}

type CryptoKey = Parameters<typeof cryptoVerify>[2];

function onThreadPool(
  hash: string | null,
  base: Uint8Array,
  key: CryptoKey,
  signature: Uint8Array,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    cryptoVerify(hash, base, key, signature, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

/**
 * Whether the signature is true. Fast keys verify in place; slow ones (P-384, large RSA) on the thread pool, so that
 * they do not hold up the loop.
 * @throws SignatureError `signature-length`
 */
export function verifyBytes(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  base: Uint8Array,
  signature: Uint8Array,
): boolean | Promise<boolean> {
  const expected = signatureLength(algorithm, key);
  if (signature.length !== expected) {
    throw new SignatureError('signature-length', 'The signature has the wrong length for this key.', {
      seen: `${signature.length} bytes`,
      expected: `${expected} bytes${algorithm.startsWith('ecdsa') ? ' (r||s, not DER)' : ''}`,
      nextStep: 'Send ECDSA signatures as fixed-width r||s (RFC 9421 section 3.3.4).',
    });
  }
  switch (algorithm) {
    case 'ecdsa-p256-sha256':
      return cryptoVerify('sha256', base, key, ecdsaToDer(signature));
    case 'ecdsa-p384-sha384':
      return onThreadPool('sha384', base, key, ecdsaToDer(signature));
    case 'ed25519':
      return cryptoVerify(null, base, key, signature);
    case 'rsa-v1_5-sha256':
      return expected > 256
        ? onThreadPool('sha256', base, key, signature)
        : cryptoVerify('sha256', base, key, signature);
    case 'rsa-pss-sha256':
    case 'rsa-pss-sha512': {
      const sha512 = algorithm === 'rsa-pss-sha512';
      const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: sha512 ? 64 : 32 };
      return onThreadPool(sha512 ? 'sha512' : 'sha256', base, options, signature);
    }
  }
}

function signatureLength(algorithm: SignatureAlgorithm, key: KeyObject): number {
  if (algorithm === 'ecdsa-p384-sha384') return 96;
  if (algorithm.startsWith('rsa')) return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  return 64;
}
