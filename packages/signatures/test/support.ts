import { constants, type KeyObject, generateKeyPairSync, sign } from 'node:crypto';
import type { SignatureAlgorithm, SigningKey } from '../src/index.ts';
import { knownAlgorithms } from '../src/index.ts';
import type { VerificationPolicy } from '../src/types.ts';

export const now = 1_767_225_600;

export const policy: VerificationPolicy = {
  requiredComponents: ['@method', '@target-uri', 'content-digest'],
  algorithms: knownAlgorithms,
  now: () => now,
  maxAgeSeconds: 300,
  maxSkewSeconds: 60,
};

/** A signer made with node's own r||s output, so that our conversions are not their own judge. */
export function signingKey(algorithm: SignatureAlgorithm, key: KeyObject): SigningKey {
  const pss = constants.RSA_PKCS1_PSS_PADDING;
  const by: Record<SignatureAlgorithm, (base: Uint8Array) => Buffer> = {
    'ecdsa-p256-sha256': (b) => sign('sha256', b, { key, dsaEncoding: 'ieee-p1363' }),
    'ecdsa-p384-sha384': (b) => sign('sha384', b, { key, dsaEncoding: 'ieee-p1363' }),
    'rsa-v1_5-sha256': (b) => sign('sha256', b, key),
    'rsa-pss-sha256': (b) => sign('sha256', b, { key, padding: pss, saltLength: 32 }),
    'rsa-pss-sha512': (b) => sign('sha512', b, { key, padding: pss, saltLength: 64 }),
    ed25519: (b) => sign(null, b, key),
  };
  return { algorithm, sign: (base) => Promise.resolve(by[algorithm](base)) };
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const pairs: Record<SignatureAlgorithm, { publicKey: KeyObject; privateKey: KeyObject }> = {
  'ecdsa-p256-sha256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ecdsa-p384-sha384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'rsa-v1_5-sha256': rsa,
  'rsa-pss-sha256': rsa,
  'rsa-pss-sha512': rsa,
  ed25519: generateKeyPairSync('ed25519'),
};
