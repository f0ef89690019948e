/** A P-256 key of this WFM's own for one purpose, with a self-signed certificate by which others know it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Certificate,
  fileSigner,
  makeDirectory,
  readCertificateFile,
  selfSignedDeviceCertificate,
  type Signer,
  spkiSha256,
  writeFileAtomic,
} from '@muster/pki';
import { keptKey } from './kept-key.ts';

export interface OwnKey {
  readonly signer: Signer;
  readonly certificate: Certificate;
}

/**
 * Opens `<name>-key.pem` and `<name>.pem`, making what is missing; the key first, so that a cut leaves no orphan.
 * @throws KeyFileError when the key file cannot be used
 */
export async function openOwnKey(o: {
  directory: string;
  name: string;
  commonName: string;
  now: Date;
}): Promise<OwnKey> {
  await makeDirectory(o.directory);
  const pair = await keptKey(join(o.directory, `${o.name}-key.pem`));
  const path = join(o.directory, `${o.name}.pem`);
  const kept = await readFile(path).catch(() => null);
  let certificate = kept === null ? undefined : readCertificateFile(kept)[0];
  if (certificate?.spkiSha256 !== spkiSha256(pair.publicKey)) {
    certificate = await selfSignedDeviceCertificate({
      keys: pair,
      commonName: o.commonName,
      notBefore: new Date(o.now.getTime() - 86_400_000),
      days: 20 * 365,
    });
    await writeFileAtomic(path, certificate.pem, 0o644);
  }
  return { signer: fileSigner(pair, path), certificate };
}
