/**
 * Secrets that open keys. They come as files that somebody else protects, never as an argument or a value; where nothing is
 * set up, from a person at the terminal.
 */
import { join } from 'node:path';
import { readBoundedFile } from '@muster/pki';
import { DeviceError } from '../errors.ts';

/** One line. */
const maximumSecret = 65_536;

/**
 * Asks a person.
 * @param what such as: passphrase of the key file
 * @param isNew the secret is made now, for what did not exist before
 * @returns undefined when nobody gives one
 */
export type AskSecret = (what: string, isNew: boolean) => Promise<string | undefined>;

let ask: AskSecret | undefined;
/** What was typed in this process: nobody is asked for the same thing twice. */
const typed = new Map<string, Promise<string | undefined>>();

/** Names who is asked for secrets that nothing else gives; nobody unless this is called. */
export function askForSecrets(by: AskSecret | undefined): void {
  ask = by;
  typed.clear();
}

/** Forgets what was typed, because it did not fit. */
export function forgetTyped(what: string): void {
  typed.delete(what);
}

async function askOnce(what: string, isNew: boolean): Promise<string | undefined> {
  const asked = typed.get(what) ?? ask?.(what, isNew) ?? Promise.resolve(undefined);
  typed.set(what, asked);
  const secret = await asked;
  if (secret === undefined) typed.delete(what);
  return secret;
}

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

async function configured(o: Source): Promise<string | undefined> {
  const named = process.env[o.variable] ?? o.file;
  const credentials = process.env['CREDENTIALS_DIRECTORY'];
  const path = named ?? (credentials === undefined ? undefined : join(credentials, o.credential));
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = (await readBoundedFile(path, maximumSecret)).toString('utf8').replace(/\r?\n$/, '');
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

/** The name under which a person is asked for the PIN. */
export const tokenPin = 'PIN of the token';
/** The name under which a person is asked for the passphrase. */
export const keyFilePassphrase = 'passphrase of the key file';

/**
 * The PIN of a token: from the file that the variable names, the file in its URI, the systemd credential, or a person.
 * @returns undefined when there is none
 * @throws DeviceError `state` when a named file cannot be read or is empty
 */
export async function pinOfToken(file: string | undefined): Promise<string | undefined> {
  const found = await configured({
    what: tokenPin,
    variable: 'MUSTER_PKCS11_PIN_FILE',
    credential: 'muster-pkcs11-pin',
    file,
  });
  return found ?? askOnce(tokenPin, false);
}

/**
 * The passphrase of a key file, in the same order.
 * @param path of the key file; a person is asked only when it is encrypted, or is to be made
 * @returns undefined when there is none: the key file is not encrypted then
 * @throws DeviceError `state`
 */
export async function keyPassphrase(path: string): Promise<string | undefined> {
  const found = await configured({
    what: keyFilePassphrase,
    variable: 'MUSTER_KEY_PASSPHRASE_FILE',
    credential: 'muster-key-passphrase',
  });
  if (found !== undefined || ask === undefined) return found;
  const content = await readBoundedFile(path, 65_536).then(String, () => null);
  if (content !== null && !content.includes('ENCRYPTED PRIVATE KEY')) return undefined;
  return askOnce(keyFilePassphrase, content === null);
}
