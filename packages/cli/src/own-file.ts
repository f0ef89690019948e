/** Files that whoever types the command has named. */
import { UsageError } from './exit-codes.ts';

/**
 * Reads a file up to a bound, whatever the path leads to.
 * @param maximumBytes more than that, and it is not the right file
 * @throws UsageError that names it
 */
export async function readOwnFile(path: string, maximumBytes: number, nextStep: string): Promise<Buffer> {
  const { readBoundedFile } = await import('@muster/pki');
  try {
    return await readBoundedFile(path, maximumBytes);
  } catch (error) {
    throw new UsageError(
      `The file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      nextStep,
    );
  }
}
