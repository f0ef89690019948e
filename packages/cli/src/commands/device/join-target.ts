/** Where a join string comes from: the command line, a file, standard input or the environment. */
import { createReadStream } from 'node:fs';
import { UsageError } from '../../exit-codes.ts';

const maximum = 65_536;
const ways = 'Give a join string, a URL, @FILE, - for standard input, or set MUSTER_JOIN_STRING.';

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

/**
 * What to join.
 * @throws UsageError when there is nothing, or it cannot be read
 */
export async function joinTarget(
  argument: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  let text = argument ?? env['MUSTER_JOIN_STRING'] ?? '';
  if (argument === '-') text = await readStart(process.stdin, 'standard input');
  else if (argument?.startsWith('@') === true)
    text = await readStart(createReadStream(argument.slice(1)), argument.slice(1));
  text = text.trim();
  if (text === '') throw new UsageError('There is no join string.', ways);
  return text;
}
