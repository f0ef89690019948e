/** Keys and certificates of clients. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { type Certificate, decodeCertificates, type KeyPair, selfSignedDeviceCertificate } from '@muster/pki';

export interface Identity {
  readonly keys: KeyPair;
  readonly certificate: Certificate;
}

/** A self-signed certificate, valid now unless said otherwise. */
export async function identityOf(
  keys: KeyPair,
  notBefore = new Date(Date.now() - 60_000),
): Promise<Identity> {
  const certificate = await selfSignedDeviceCertificate({
    keys,
    commonName: 'small client',
    notBefore,
    days: 2,
  });
  return { keys, certificate };
}

/** What makes openssl issue no CA. */
export const notCa = ['-addext', 'basicConstraints=critical,CA:FALSE'];

/** A key and a self-signed certificate by openssl. */
export function issued(...how: string[]): Identity {
  const openssl = [
    'req',
    '-x509',
    ...how,
    '-nodes',
    '-subj',
    '/CN=x',
    '-days',
    '2',
    '-keyout',
    '-',
    '-out',
    '-',
  ];
  const made = execFileSync('openssl', openssl, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [certificate] = decodeCertificates(made);
  assert.ok(certificate);
  const privateKey = createPrivateKey(made);
  return { keys: { privateKey, publicKey: createPublicKey(privateKey) }, certificate };
}
