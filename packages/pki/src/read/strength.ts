/** What is too weak to prove anything, or costs more to check than a stranger may ask for. */
import { type Certificate, outlineOf } from './certificate.ts';
import { Walker } from './der.ts';

/** Signature algorithms that are strong enough, by the hex of their OID; the hash that node's verify wants. */
export const signatureHashes: ReadonlyMap<string, string | null> = new Map([
  ['2a8648ce3d040302', 'sha256'],
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
  ['2a864886f70d01010b', 'sha256'],
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
  ['2b6570', null],
]);
const rsaPss = '2a864886f70d01010a';
/** id-sha256, id-sha384 and id-sha512, without the last byte. */
const sha2 = '6086480165030402';

const minimumBits = 2048;
const maximumBits = 8192;
/** The bound that OpenSSL itself sets for large moduli (OPENSSL_RSA_MAX_PUBEXP_BITS). */
const exponentLimit = 1n << 64n;

/**
 * What is wrong with the strength of a certificate's key, or undefined. A huge public exponent makes one check of a signature
 * as costly as two hundred; with an exponent of 1 anybody can sign.
 */
export function keyWeakness({
  keyType,
  keyBits,
  publicKey,
}: Certificate): { seen: string; expected: string } | undefined {
  if (keyType !== 'rsa') return undefined;
  if (keyBits < minimumBits || keyBits > maximumBits)
    return { seen: `${keyBits} bits`, expected: `${minimumBits} to ${maximumBits} bits` };
  const exponent = publicKey.asymmetricKeyDetails?.publicExponent ?? 0n;
  if (exponent >= 3n && exponent % 2n === 1n && exponent < exponentLimit) return undefined;
  return {
    seen: `a public exponent of ${exponent.toString(2).length} bits`,
    expected: 'an odd public exponent of at least 3 and at most 64 bits, such as 65537',
  };
}

/** Whether a certificate is signed over SHA-2, or with Ed25519: of MD5 and SHA-1, somebody can make two with one signature. */
export function hasStrongDigest(certificate: Certificate): boolean {
  const { algorithm } = outlineOf(certificate);
  const list = new Walker(algorithm, 0, algorithm.length);
  const terms = list.inside(list.next());
  const { start, end } = terms.next();
  const oid = Buffer.from(algorithm.subarray(start, end)).toString('hex');
  // Without parameters PSS means SHA-1 (RFC 4055 section 3.1).
  if (oid === rsaPss) return Buffer.from(algorithm).toString('hex').includes(sha2);
  return signatureHashes.has(oid);
}
