import { open } from 'node:fs/promises';

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
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    // One byte more than may be there tells that there is more; what has no size, such as a pipe, is read in growing parts.
    let bytes = Buffer.allocUnsafe(Math.min(size, maximumBytes) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, null);
      if (bytesRead === 0) return bytes.subarray(0, length);
      length += bytesRead;
      if (length > maximumBytes) throw new FileTooLargeError(path, maximumBytes);
      if (length < bytes.length) continue;
      const larger = Buffer.allocUnsafe(Math.min(Math.max(length * 2, 65_536), maximumBytes + 1));
      bytes.copy(larger, 0, 0, length);
      bytes = larger;
    }
  } finally {
    await handle.close();
  }
}
