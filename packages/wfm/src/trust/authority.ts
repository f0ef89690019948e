/** The WFM's own root CA and the server certificate it issues to itself. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  caPin,
  type Certificate,
  issueServerCertificate,
  type KeyPair,
  makeDirectory,
  readCertificateFile,
  spkiSha256,
  validatePath,
  writeFileAtomic,
} from '@muster/pki';
import type { Logger } from 'pino';
import { keptKey } from './kept-key.ts';
import type { TlsMaterial } from './material.ts';
import { openRoots, type RotationStage, type RotationStep } from './roots.ts';

export interface Authority {
  /** What devices are given: the root CA in use first, during a rotation the other one, too. */
  caCertificates(): readonly Certificate[];
  stage(): RotationStage;
  /** Whether this step was the last one of a rotation. */
  hasTaken(step: RotationStep): boolean;
  /** One step of a rotation of the root CA. @throws RotationError */
  rotate(step: RotationStep): Promise<void>;
  onRootsChange(listener: () => void): void;
  /** `sha256:<hex>` of the root CA in use. */
  pin(): string;
  readonly tls: TlsMaterial;
  close(): void;
}

const day = 86_400_000;
const serverDays = 90;
/** Renewed with a third of its life left, so that weeks of trouble do no harm. */
const renewBefore = 30 * day;

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
 * Opens the CA under a directory, making what is missing.
 * @param o.hosts DNS names and addresses the server certificate is for
 */
export async function openAuthority(o: {
  directory: string;
  hosts: readonly string[];
  now: () => Date;
  log: Logger;
  /** Encrypts the key of the root CA at rest. */
  passphrase?: string | undefined;
}): Promise<Authority> {
  const { directory, hosts, now, log } = o;
  await makeDirectory(directory);
  const at = (name: string): string => join(directory, name);
  const roots = await openRoots({
    directory,
    now,
    passphrase: o.passphrase,
    onMade: (root) => log.info({ pin: caPin(root) }, 'root CA made'),
  });
  const serverKeys = await keptKey(at('server-key.pem'));
  const keyPem = serverKeys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const wanted = JSON.stringify([...hosts].sort());
  const listeners: Array<() => void> = [];
  const rootListeners: Array<() => void> = [];
  let certificate = await certificateAt(at('server.pem'), serverKeys);
  const listed = await readFile(at('server-hosts.json'), 'utf8').catch(() => '');

  async function renew(): Promise<void> {
    const notBefore = new Date(now().getTime() - day);
    certificate = await issueServerCertificate({
      ca: roots.signing().certificate,
      caKey: roots.signing().keys.privateKey,
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

  const isOfSigningRoot = (c: Certificate): boolean => {
    try {
      validatePath(c, [], [roots.signing().certificate], { now: c.notBefore });
      return true;
    } catch {
      return false;
    }
  };
  const isDue = (): boolean =>
    certificate === undefined ||
    !isOfSigningRoot(certificate) ||
    certificate.notAfter.getTime() - now().getTime() < renewBefore;
  if (isDue() || listed !== wanted) await renew();
  const timer = setInterval(() => {
    if (isDue())
      renew().catch((error: unknown) =>
        log.error({ err: error }, 'the server certificate could not be renewed'),
      );
  }, 3_600_000);
  timer.unref();
  return {
    caCertificates: roots.served,
    stage: roots.stage,
    hasTaken: roots.hasTaken,
    async rotate(step) {
      await roots.rotate(step);
      log.info({ step, pin: caPin(roots.signing().certificate) }, 'root CA rotation');
      if (isDue()) await renew();
      for (const listener of rootListeners) listener();
    },
    onRootsChange: (listener) => void rootListeners.push(listener),
    pin: () => caPin(roots.signing().certificate),
    tls: {
      current: () => ({ key: keyPem, cert: (certificate?.pem ?? '') + roots.signing().certificate.pem }),
      onChange: (listener) => void listeners.push(listener),
    },
    close: () => clearInterval(timer),
  };
}
