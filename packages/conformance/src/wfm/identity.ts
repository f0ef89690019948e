/** Keys and certificates that live as long as the run. */
import { createHash } from 'node:crypto';
import {
  caPin,
  decodeCertificates,
  fileSigner,
  generateKeyPair,
  type KeyPair,
  type KeyType,
  selfSignedDeviceCertificate,
} from '@muster/pki';
import { pairingWords } from '@muster/protocol';
import type { Ground, Identity, PendingClient } from './ground.ts';

async function certified(name: string, keys: KeyPair, now: number): Promise<Identity> {
  const certificate = await selfSignedDeviceCertificate({
    keys,
    commonName: name,
    notBefore: new Date((now - 3_600) * 1000),
    days: 2,
  });
  return { name, keys, signer: fileSigner(keys, 'memory'), certificate };
}

/** A new key with a self-signed certificate, in memory only. */
export async function newIdentity(ground: Ground, type: KeyType = 'p256'): Promise<Identity> {
  return certified(`${ground.mark}-${++ground.identities}`, await generateKeyPair(type), ground.now());
}

/** The same key with another certificate. */
export function renewed(ground: Ground, identity: Identity): Promise<Identity> {
  return certified(identity.name, identity.keys, ground.now());
}

/** The words that a Muster WFM shows of a client; none where no CA of the WFM is known. */
function wordsOf(ground: Ground, identity: Identity): readonly string[] {
  const [root] = ground.trusted.roots ?? [];
  const [ca] = root === undefined ? [] : decodeCertificates(root);
  if (ca === undefined) return [];
  return pairingWords(caPin(ca), identity.signer.spkiSha256, (bytes) =>
    createHash('sha256').update(bytes).digest(),
  );
}

/** What an operator is told of a client that waits. */
export function pendingOf(
  ground: Ground,
  identity: Identity,
  seen: string,
  isAskedAgain: boolean,
): PendingClient {
  return {
    event: 'pending',
    name: identity.name,
    fingerprint: `sha256:${identity.certificate.sha256}`,
    words: wordsOf(ground, identity),
    certificate: identity.certificate.pem,
    seen,
    isAskedAgain,
  };
}
