/** The WFM's signature under what it says in files: checkpoints of the audit log, receipts, trust packs. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DocumentSigner,
  fileSigner,
  generateKeyPair,
  KeyFileError,
  type KeyPair,
  loadKeyFile,
  readCertificateFile,
  saveKeyFile,
  selfSignedDeviceCertificate,
  spkiSha256,
  writeFileAtomic,
} from '@muster/pki';

export interface AuditSigner extends DocumentSigner {
  /** Hex SHA-256 of its certificate: what a verifier compares. */
  readonly fingerprint: string;
}

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

/** Opens the audit key under a directory, making what is missing; the key first, so that a cut leaves no orphan. */
export async function openAuditSigner(directory: string, now: Date): Promise<AuditSigner> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const pair = await keyAt(join(directory, 'audit-key.pem'));
  const path = join(directory, 'audit.pem');
  const kept = await readFile(path).catch(() => null);
  let certificate = kept === null ? undefined : readCertificateFile(kept)[0];
  if (certificate?.spkiSha256 !== spkiSha256(pair.publicKey)) {
    certificate = await selfSignedDeviceCertificate({
      keys: pair,
      commonName: 'Muster audit',
      notBefore: new Date(now.getTime() - 86_400_000),
      days: 20 * 365,
    });
    await writeFileAtomic(path, certificate.pem, 0o644);
  }
  const signer = fileSigner(pair, path);
  return {
    fingerprint: certificate.sha256,
    certificate,
    sign: async (text) => Buffer.from(await signer.sign(Buffer.from(text))).toString('base64'),
  };
}
