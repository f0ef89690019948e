import { createReadStream } from 'node:fs';

/**
 * The lines of a file, however large it is and also where it has none.
 * @param longest characters of a line; what is longer is no text, and ends the reading with null
 */
export async function* boundedLines(
  file: string,
  longest: number,
  encoding: 'latin1' | 'utf8',
): AsyncGenerator<string | null> {
  let rest = '';
  for await (const chunk of createReadStream(file, encoding) as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length <= longest) continue;
    yield null;
    return;
  }
  yield rest;
}
