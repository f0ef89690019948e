import type { KeyObject } from 'node:crypto';
import { parseCertificate } from '@muster/pki';
import type { ClientKey, ClientRecord } from '../store/ports.ts';

/** The key that a client's requests must be signed with, and when its certificate is valid (milliseconds since 1970). */
export interface KeyOnFile {
  readonly keyObject: KeyObject;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Parsed public keys by certificate: parsing costs three times as much as verifying. State is never cached. */
export class KeyCache {
  readonly #entries = new Map<string, KeyOnFile>();
  readonly #limit: number;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  /** The key of the certificate on file. */
  of(client: ClientRecord | ClientKey): KeyOnFile {
    const cached = this.#entries.get(client.certificateSha256);
    if (cached !== undefined) return cached;
    const certificate = parseCertificate(client.certificateDer);
    const entry = {
      keyObject: certificate.publicKey,
      notBefore: certificate.notBefore.getTime(),
      notAfter: certificate.notAfter.getTime(),
    };
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= this.#limit && oldest.done !== true) this.#entries.delete(oldest.value);
    this.#entries.set(client.certificateSha256, entry);
    return entry;
  }
}
