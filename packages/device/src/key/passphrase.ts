/** The passphrase of the key file. It comes as a file that somebody else protects, never as an argument or a value. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeviceError } from '../errors.ts';

/** The name of the systemd credential (`LoadCredential=`, systemd.exec(5)). */
const credential = 'muster-key-passphrase';

/**
 * Reads the passphrase: from the file that MUSTER_KEY_PASSPHRASE_FILE names, or the systemd credential.
 * @returns undefined when there is neither: the key file is not encrypted then
 * @throws DeviceError `state` when the named file cannot be read or is empty
 */
export async function keyPassphrase(): Promise<string | undefined> {
  const named = process.env['MUSTER_KEY_PASSPHRASE_FILE'];
  const credentials = process.env['CREDENTIALS_DIRECTORY'];
  const path = named ?? (credentials === undefined ? undefined : join(credentials, credential));
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    // A unit may have other credentials and an unencrypted key.
    if (isAbsent && named === undefined) return undefined;
    throw new DeviceError('state', 'The passphrase of the key file cannot be read.', {
      seen: error instanceof Error ? error.message : '',
      expected: path,
      nextStep: 'Check MUSTER_KEY_PASSPHRASE_FILE, or LoadCredential= in the unit.',
    });
  }
  if (text !== '') return text;
  throw new DeviceError('state', 'The passphrase of the key file is empty.', {
    seen: path,
    expected: 'one line',
    nextStep: 'Write the passphrase into it.',
  });
}
