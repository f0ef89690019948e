import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { writeFileAtomic } from '../atomic-file.ts';
import { readBoundedFile } from '../bounded-file.ts';
import { KeyFileError } from '../errors.ts';
import { type KeyPair, spkiSha256 } from './signer.ts';

/** An RSA key of 16384 bits has 13 kB. */
const maximumKeyFile = 65_536;

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/**
 * Writes a private key as PKCS#8 PEM, 0600, whole or not at all. A different key is never overwritten.
 * @param passphrase encrypts the file (AES-256-CBC, PBES2) when given
 * @throws KeyFileError `exists`
 */
export async function saveKeyFile(path: string, privateKey: KeyObject, passphrase?: string): Promise<void> {
  try {
    const present = await loadKeyFile(path, passphrase);
    if (spkiSha256(present.publicKey) === spkiSha256(createPublicKey(privateKey))) return;
    throw new KeyFileError('exists', `There is another key in ${path}.`, {
      seen: path,
      expected: 'no file, or the same key',
      nextStep: 'Move the old key away first; an identity depends on it.',
    });
  } catch (error) {
    if (!(error instanceof KeyFileError && error.code === 'missing')) throw error;
  }
  const pem = privateKey.export(
    passphrase === undefined
      ? { format: 'pem', type: 'pkcs8' }
      : { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase },
  );
  await writeFileAtomic(path, pem, 0o600);
}

/** Whether the halves belong together. OpenSSL loads a key with a flipped bit, and signs with it what nobody can verify. */
function isWhole({ privateKey, publicKey }: KeyPair): boolean {
  const probe = Buffer.from('muster');
  const digest = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  try {
    return verify(digest, probe, publicKey, sign(digest, probe, privateKey));
  } catch {
    return false;
  }
}

/**
 * Reads a private key file.
 * @throws KeyFileError `missing`, `permissions` when others may read it, `passphrase`, `malformed`
 */
export async function loadKeyFile(path: string, passphrase?: string): Promise<KeyPair> {
  let pem: Buffer;
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) {
      throw new KeyFileError('permissions', `The key file ${path} can be read by others.`, {
        seen: `mode ${(mode & 0o777).toString(8)}`,
        expected: 'mode 600',
        nextStep: `chmod 600 ${path}`,
      });
    }
    pem = await readBoundedFile(path, maximumKeyFile);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new KeyFileError('missing', `There is no key file ${path}.`, {
      seen: 'nothing',
      expected: path,
      nextStep: 'Check the path.',
    });
  }
  const encrypted = pem.includes('ENCRYPTED PRIVATE KEY');
  if (encrypted && passphrase === undefined) {
    throw new KeyFileError('passphrase', `The key file ${path} is encrypted.`, {
      seen: 'no passphrase',
      expected: 'its passphrase',
      nextStep: 'Give the passphrase.',
    });
  }
  let pair: KeyPair;
  try {
    const privateKey = createPrivateKey(passphrase === undefined ? { key: pem } : { key: pem, passphrase });
    pair = { privateKey, publicKey: createPublicKey(privateKey) };
  } catch (error) {
    throw new KeyFileError(encrypted ? 'passphrase' : 'malformed', `The key file ${path} cannot be opened.`, {
      seen: encrypted ? 'a passphrase that does not fit, or a damaged file' : 'something else',
      expected: 'a PKCS#8 private key in PEM',
      nextStep: encrypted ? 'Check the passphrase.' : `openssl pkey -in ${path} -noout -check`,
      cause: error,
    });
  }
  if (isWhole(pair)) return pair;
  throw new KeyFileError('malformed', `The key file ${path} is damaged.`, {
    seen: 'a private key that is not that of its public key',
    expected: 'the file as it was written',
    nextStep: 'Restore it from a backup.',
  });
}
