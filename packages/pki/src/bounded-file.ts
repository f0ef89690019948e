import { createReadStream } from 'node:fs';

/** A file that is larger than anything that belongs there. */
export class FileTooLargeError extends Error {
  override readonly name = 'FileTooLargeError';
  readonly code = 'file-too-large';
  readonly seen: string;
  readonly expected: string;
  readonly nextStep = 'Check whether it is the right file.';

  /** @param maximumBytes what is read at most */
  constructor(path: string, maximumBytes: number) {
    super(`${path} has more than ${maximumBytes} bytes.`);
    this.seen = `more than ${maximumBytes} bytes`;
    this.expected = `at most ${maximumBytes} bytes`;
  }
}

/**
 * Reads a file of which nobody knows how large it is: a path that was given by hand may lead anywhere, to a device without end, too.
 * Whatever is there, only so much is taken into memory.
 * @throws FileTooLargeError; and what the system says, such as ENOENT
 */
export async function readBoundedFile(path: string, maximumBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // `end` is the last byte that is read: one more than may be there tells that there is more.
  for await (const chunk of createReadStream(path, { end: maximumBytes }) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
  }
  if (length > maximumBytes) throw new FileTooLargeError(path, maximumBytes);
  return Buffer.concat(chunks, length);
}
