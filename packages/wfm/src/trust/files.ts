/** A TLS key and certificate that somebody else makes: read from files, read again when they change. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Logger } from 'pino';
import { StartError } from '../start-error.ts';
import type { TlsMaterial } from './material.ts';

/**
 * Opens bring-your-own TLS files. A change that cannot be used, such as one of two files that are replaced one after the other,
 * keeps the old pair in service.
 * @throws StartError when they cannot be used at the start
 */
export function openTlsFiles(o: {
  certFile: string;
  keyFile: string;
  log: Logger;
}): TlsMaterial & { close(): void } {
  const read = (): { key: string; cert: string } => {
    const pair = { key: readFileSync(o.keyFile, 'utf8'), cert: readFileSync(o.certFile, 'utf8') };
    if (!new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key)))
      throw new Error('the private key is not that of the first certificate');
    return pair;
  };
  let pair: ReturnType<typeof read>;
  try {
    pair = read();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw error;
    throw new StartError('certificate-not-usable', 'The TLS files cannot be used.', {
      seen: `${error instanceof Error ? error.message : String(error)} (${o.certFile}, ${o.keyFile})`,
      expected: 'a certificate chain in PEM, its own first, and the private key of that one',
      nextStep: 'Check --tls-cert and --tls-key: openssl x509 -in FILE -noout -text',
      cause: error,
    });
  }
  const listeners: Array<() => void> = [];
  const reload = (): void => {
    try {
      pair = read();
      for (const listener of listeners) listener();
      o.log.info('TLS files read again');
    } catch (error) {
      o.log.error({ err: error }, 'the changed TLS files cannot be used; the old ones stay in service');
    }
  };
  for (const file of [o.certFile, o.keyFile]) watchFile(file, { interval: 5_000, persistent: false }, reload);
  return {
    current: () => pair,
    onChange: (listener) => void listeners.push(listener),
    close: () => [o.certFile, o.keyFile].forEach((file) => unwatchFile(file, reload)),
  };
}
