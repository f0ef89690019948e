/** The WFM's own root CA and the server certificate it issues to itself. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Certificate,
  caPin,
  createRootCa,
  generateKeyPair,
  issueServerCertificate,
  KeyFileError,
  type KeyPair,
  loadKeyFile,
  readCertificateFile,
  saveKeyFile,
  spkiSha256,
  writeFileAtomic,
} from '@muster/pki';
import type { Logger } from 'pino';
import type { TlsMaterial } from './material.ts';

export interface Authority {
  caCertificates(): readonly Certificate[];
  /** `sha256:<hex>` of the root CA. */
  readonly pin: string;
  readonly tls: TlsMaterial;
  close(): void;
}

const day = 86_400_000;
const caDays = 20 * 365;
const serverDays = 90;
/** Renewed with a third of its life left, so that weeks of trouble do no harm. */
const renewBefore = 30 * day;

async function keyAt(path: string): Promise<KeyPair> {
  try {
    return await loadKeyFile(path);
  } catch (error) {
    if (!(error instanceof KeyFileError && error.code === 'missing')) throw error;
    const pair = await generateKeyPair('p256');
    await saveKeyFile(path, pair.privateKey);
    return pair;
  }
}

async function certificateAt(path: string, pair: KeyPair): Promise<Certificate | undefined> {
  try {
    const certificate = readCertificateFile(await readFile(path))[0];
    return certificate?.spkiSha256 === spkiSha256(pair.publicKey) ? certificate : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Opens the CA under a directory, making what is missing. The key is on disk before the certificate that names it, so a
 * cut in between leaves a key that the next start completes.
 * @param o.hosts DNS names and addresses the server certificate is for
 */
export async function openAuthority(o: {
  directory: string;
  hosts: readonly string[];
  now: () => Date;
  log: Logger;
}): Promise<Authority> {
  const { directory, hosts, now, log } = o;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(directory, name);
  const caKeys = await keyAt(at('ca-key.pem'));
  let ca = await certificateAt(at('ca.pem'), caKeys);
  if (ca === undefined) {
    const notBefore = new Date(now().getTime() - day);
    ca = await createRootCa({ keys: caKeys, commonName: 'Muster WFM root CA', notBefore, days: caDays });
    await writeFileAtomic(at('ca.pem'), ca.pem, 0o644);
    log.info({ pin: caPin(ca) }, 'root CA made');
  }
  const root = ca;
  const serverKeys = await keyAt(at('server-key.pem'));
  const keyPem = serverKeys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const wanted = JSON.stringify([...hosts].sort());
  const listeners: Array<() => void> = [];
  let certificate = await certificateAt(at('server.pem'), serverKeys);
  const listed = await readFile(at('server-hosts.json'), 'utf8').catch(() => '');

  async function renew(): Promise<void> {
    const notBefore = new Date(now().getTime() - day);
    certificate = await issueServerCertificate({
      ca: root,
      caKey: caKeys.privateKey,
      publicKey: serverKeys.publicKey,
      hosts,
      notBefore,
      days: serverDays,
    });
    await writeFileAtomic(at('server.pem'), certificate.pem, 0o644);
    await writeFileAtomic(at('server-hosts.json'), wanted, 0o644);
    log.info({ notAfter: certificate.notAfter }, 'server certificate issued');
    for (const listener of listeners) listener();
  }

  const isDue = (): boolean =>
    certificate === undefined || certificate.notAfter.getTime() - now().getTime() < renewBefore;
  if (isDue() || listed !== wanted) await renew();
  const timer = setInterval(() => {
    if (isDue())
      renew().catch((error: unknown) =>
        log.error({ err: error }, 'the server certificate could not be renewed'),
      );
  }, 3_600_000);
  timer.unref();
  return {
    caCertificates: () => [root],
    pin: caPin(root),
    tls: {
      current: () => ({ key: keyPem, cert: (certificate?.pem ?? '') + root.pem }),
      onChange: (listener) => void listeners.push(listener),
    },
    close: () => clearInterval(timer),
  };
}
