/** The WFM's signature under what it says in files: checkpoints of the audit log, receipts, trust packs. */
import type { DocumentSigner } from '@muster/pki';
import { openOwnKey } from '../trust/own-key.ts';

export interface AuditSigner extends DocumentSigner {
  /** Hex SHA-256 of its certificate: what a verifier compares. */
  readonly fingerprint: string;
}

/** Opens the audit key under a directory, making it at first use. */
export async function openAuditSigner(directory: string, now: Date): Promise<AuditSigner> {
  const own = await openOwnKey({ directory, name: 'audit', commonName: 'Muster audit', now });
  const { signer, certificate } = own;
  return {
    fingerprint: certificate.sha256,
    certificate,
    sign: async (text) => Buffer.from(await signer.sign(Buffer.from(text))).toString('base64'),
  };
}
