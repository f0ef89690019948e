/**
 * What is in a state folder, byte for byte, but for the lock and the socket of whoever works on it, and for what a daemon remembers of the
 * hardware, whenever it has asked.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @returns the files below the folder with what is in them, in base64 */
export async function contentOf(stateDirectory: string): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  const passing = ['lock', 'hardware.json'];
  for (const entry of await readdir(stateDirectory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || passing.includes(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    content[path.slice(stateDirectory.length + 1)] = (await readFile(path)).toString('base64');
  }
  return content;
}
