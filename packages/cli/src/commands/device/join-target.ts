/** Where a join string comes from: the command line, a file, a picture, standard input or the environment. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { UsageError } from '../../exit-codes.ts';
import { safe } from '../../ui.ts';

const maximum = 65_536;
const ways =
  'Give a join string, a URL, @FILE, --qr FILE.png, - for standard input, or set MUSTER_JOIN_STRING.';

async function readStart(from: AsyncIterable<unknown>, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of from) {
      if (!Buffer.isBuffer(chunk)) continue;
      chunks.push(chunk);
      length += chunk.length;
      // Leaving ends the reading: what is read may never end by itself.
      if (length > maximum) break;
    }
  } catch (error) {
    throw new UsageError(
      `The join string cannot be read from ${name}: ${error instanceof Error ? error.message : ''}`,
      'Check the path.',
    );
  }
  if (length > maximum) throw new UsageError(`There is no join string in ${name}: it is too long.`, ways);
  return Buffer.concat(chunks).toString('utf8');
}

/** The argument, when it is the path of a trust pack, whatever its version. */
export async function trustPackNamed(argument: string | undefined): Promise<string | undefined> {
  if (argument === undefined || /^(?:muster[0-9]+\.|https?:|@|-$)/.test(argument)) return undefined;
  const handle = await open(argument).catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(200), 0, 200, 0);
    return buffer.toString('latin1', 0, bytesRead).includes('"muster-trust-pack-') ? argument : undefined;
  } finally {
    await handle.close();
  }
}

/**
 * What to join.
 * @throws UsageError when there is nothing, or it cannot be read
 */
export async function joinTarget(
  argument: string | undefined,
  picture: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  if (picture !== undefined) {
    if (argument !== undefined)
      throw new UsageError('A join string and a picture of one were given.', 'Give one of them.');
    const { readQrPicture } = await import('../../qr.ts');
    const read = (await readQrPicture(picture)).trim();
    // A picture by the wayside may hold any address: only what carries its own trust is taken from one.
    if (!/^muster[0-9]+\./.test(read))
      throw new UsageError(
        `The QR code in ${picture} holds no join string, but: ${safe(read.slice(0, 60))}`,
        'Make it again: muster wfm join-string --qr-file FILE.png',
      );
    return read;
  }
  let text = argument ?? env['MUSTER_JOIN_STRING'] ?? '';
  if (argument === '-') text = await readStart(process.stdin, 'standard input');
  else if (argument?.startsWith('@') === true)
    text = await readStart(createReadStream(argument.slice(1)), argument.slice(1));
  text = text.trim();
  if (text === '') throw new UsageError('There is no join string.', ways);
  return text;
}
