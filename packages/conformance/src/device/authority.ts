/** A root CA and a server certificate in memory, for one run. */
import { type Certificate, createRootCa, generateKeyPair, issueServerCertificate } from '@muster/pki';

export interface Authority {
  readonly ca: Certificate;
  /** Of the server, as node's TLS takes it. */
  readonly tls: { readonly key: string; readonly cert: string };
}

const hour = 3_600_000;
const days = 2;

/** Makes both. They begin an hour ago, because clocks differ. */
export async function makeAuthority(commonName: string, host: string): Promise<Authority> {
  const [caKeys, keys] = await Promise.all([generateKeyPair('p256'), generateKeyPair('p256')]);
  const notBefore = new Date(Date.now() - hour);
  const ca = await createRootCa({ keys: caKeys, commonName, notBefore, days });
  const certificate = await issueServerCertificate({
    ca,
    caKey: caKeys.privateKey,
    publicKey: keys.publicKey,
    hosts: [host],
    notBefore,
    days,
  });
  return {
    ca,
    tls: {
      key: keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      cert: certificate.pem,
    },
  };
}
