/** Tells when an inventory changes on disk. Whoever relies on it looks from time to time all the same. */
import { watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { stat } from 'node:fs/promises';

/** Quiet for so long, and a change is complete, in milliseconds. */
const debounce = 500;

/**
 * Watches a file (by its folder, because files are replaced) or a directory and all below it.
 * @returns what ends it
 */
export async function watchInventory(path: string, changed: () => void): Promise<() => void> {
  let timer: NodeJS.Timeout | undefined;
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const folder = isDirectory ? path : dirname(resolve(path));
  try {
    const watcher = watch(folder, { recursive: isDirectory, persistent: false }, () => {
      clearTimeout(timer);
      timer = setTimeout(changed, debounce);
    });
    // A file system that cannot be watched is looked at with each poll.
    watcher.on('error', () => watcher.close());
    return () => {
      clearTimeout(timer);
      watcher.close();
    };
  } catch {
    return () => undefined;
  }
}
