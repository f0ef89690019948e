/** Secrets that open keys. They come as files that somebody else protects, never as an argument or a value. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeviceError } from '../errors.ts';

interface Source {
  /** What it is, in words. */
  readonly what: string;
  /** The environment variable that names the file. */
  readonly variable: string;
  /** The name of the systemd credential (`LoadCredential=`, systemd.exec(5)). */
  readonly credential: string;
  /** A file that is named elsewhere; the variable goes before it, the credential after. */
  readonly file?: string | undefined;
}

/**
 * Reads a secret: from the file that the variable names, the file that is named elsewhere, or the systemd credential.
 * @returns undefined when there is none of them
 * @throws DeviceError `state` when the named file cannot be read or is empty
 */
export async function secretOf(o: Source): Promise<string | undefined> {
  const named = process.env[o.variable] ?? o.file;
  const credentials = process.env['CREDENTIALS_DIRECTORY'];
  const path = named ?? (credentials === undefined ? undefined : join(credentials, o.credential));
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    // A unit may have other credentials and no need of this one.
    if (isAbsent && named === undefined) return undefined;
    throw new DeviceError('state', `The ${o.what} cannot be read.`, {
      seen: error instanceof Error ? error.message : '',
      expected: path,
      nextStep: `Check ${o.variable}, or LoadCredential= in the unit.`,
    });
  }
  if (text !== '') return text;
  throw new DeviceError('state', `The ${o.what} is empty.`, {
    seen: path,
    expected: 'one line',
    nextStep: 'Write it into the file.',
  });
}

/**
 * The passphrase of the key file.
 * @returns undefined when there is none: the key file is not encrypted then
 * @throws DeviceError `state`
 */
export const keyPassphrase = (): Promise<string | undefined> =>
  secretOf({
    what: 'passphrase of the key file',
    variable: 'MUSTER_KEY_PASSPHRASE_FILE',
    credential: 'muster-key-passphrase',
  });
