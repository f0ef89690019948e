import { generateKeyPair, KeyFileError, type KeyPair, loadKeyFile, saveKeyFile } from '@muster/pki';

/**
 * The P-256 key in a file, made at its first use.
 * @param passphrase encrypts a key that is made now, and opens one that is encrypted
 * @throws KeyFileError when there is a file that cannot be used: another key is never put in its place
 */
export async function keptKey(path: string, passphrase?: string): Promise<KeyPair> {
  try {
    return await loadKeyFile(path, passphrase);
  } catch (error) {
    if (!(error instanceof KeyFileError && error.code === 'missing')) throw error;
    const pair = await generateKeyPair('p256');
    await saveKeyFile(path, pair.privateKey, passphrase);
    return pair;
  }
}
