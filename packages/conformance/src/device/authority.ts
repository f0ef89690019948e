/** The certificates of one run, in memory: the right one, and those that a client must not take. */
import type { KeyObject } from 'node:crypto';
import {
  type Certificate,
  createRootCa,
  generateKeyPair,
  issueServerCertificate,
  type KeyPair,
} from '@muster/pki';

/** What the server shows: its own certificate, that of another CA, its own for another name, or one that has expired. */
export type Guise = 'own' | 'other-ca' | 'other-name' | 'expired';

export interface Authority {
  readonly ca: Certificate;
  /** Of the server, as node's TLS takes it. */
  readonly tls: { readonly key: string; readonly cert: string };
}

interface Root {
  readonly ca: Certificate;
  readonly caKey: KeyObject;
}

const hour = 3_600_000;
const day = 24 * hour;
const days = 2;

async function makeRoot(commonName: string, notBefore: Date): Promise<Root> {
  const keys = await generateKeyPair('p256');
  return { ca: await createRootCa({ keys, commonName, notBefore, days }), caKey: keys.privateKey };
}

async function issue(root: Root, keys: KeyPair, host: string, notBefore: Date): Promise<Authority> {
  const certificate = await issueServerCertificate({
    ...root,
    publicKey: keys.publicKey,
    hosts: [host],
    notBefore,
    days,
  });
  const key = keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { ca: root.ca, tls: { key, cert: certificate.pem } };
}

/** Makes them all. They begin an hour ago, because clocks differ. */
export async function makeAuthorities(host: string): Promise<Readonly<Record<Guise, Authority>>> {
  const notBefore = new Date(Date.now() - hour);
  const past = new Date(Date.now() - (days + 1) * day);
  const [own, other, keys] = await Promise.all([
    makeRoot('Muster conformance', notBefore),
    makeRoot('Muster conformance, another CA', notBefore),
    generateKeyPair('p256'),
  ]);
  return {
    own: await issue(own, keys, host, notBefore),
    'other-ca': await issue(other, keys, host, notBefore),
    'other-name': await issue(own, keys, 'elsewhere.invalid', notBefore),
    expired: await issue(own, keys, host, past),
  };
}
