/** A TLS key and certificate that somebody else makes: read from files, read again when they change. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import type { Logger } from 'pino';
import type { TlsMaterial } from './material.ts';

/** Opens bring-your-own TLS files; a change that does not parse keeps the old pair in service. */
export function openTlsFiles(o: {
  certFile: string;
  keyFile: string;
  log: Logger;
}): TlsMaterial & { close(): void } {
  const read = (): { key: string; cert: string } => {
    const pair = { key: readFileSync(o.keyFile, 'utf8'), cert: readFileSync(o.certFile, 'utf8') };
    new X509Certificate(pair.cert);
    return pair;
  };
  let pair = read();
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
