/** Secrets of a WFM that lie in its data folder: made at the first start, and never made anew in silence. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '@muster/pki';
import { StartError } from '../start-error.ts';

async function kept(path: string, make: () => Uint8Array | string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    const secret = Buffer.from(make());
    await writeFileAtomic(path, secret, 0o600);
    return secret;
  }
}

const secretBytes = 32;

/**
 * A random secret of 32 bytes that belongs to this WFM.
 * @throws StartError when the file holds something else: a proof made with it could be made by anybody
 */
export async function secretAt(path: string): Promise<Uint8Array> {
  const secret = await kept(path, () => randomBytes(secretBytes));
  if (secret.length === secretBytes) return secret;
  throw new StartError('damaged-secret', 'A secret of this WFM is damaged.', {
    seen: `${secret.length} bytes in ${path}`,
    expected: `${secretBytes} bytes`,
    nextStep: 'Restore it from a backup of the data folder; without one remove it, and a new one is made.',
  });
}

/** As bearer tokens are read (RFC 6750 section 2.1), and long enough that nobody guesses one. */
const tokenPattern = /^[\x21-\x7e]{16,12288}$/;

/**
 * The token of the first administrator.
 * @throws StartError when the file holds none that the operator API would take
 */
export async function operatorTokenAt(path: string): Promise<string> {
  const text = await kept(path, () => `muster_${randomBytes(secretBytes).toString('base64url')}\n`);
  const token = text.toString('utf8').trim();
  if (tokenPattern.test(token)) return token;
  throw new StartError('damaged-secret', 'There is no operator token in its file.', {
    seen: `${text.length} bytes in ${path}`,
    expected: 'one line of 16 or more visible ASCII characters',
    nextStep: 'Restore it, or remove the file: a new token is made.',
  });
}
