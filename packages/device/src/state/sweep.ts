/** What a power cut leaves half written: files under the names that nobody ever reads. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** As writeFileAtomic names what is not in its place yet. */
const temporary = /\.[0-9a-f]{12}\.tmp$/;

/** Removes them below a state folder. The caller holds its lock, so nobody is writing. */
export async function sweep(directory: string): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  await Promise.all(
    names.filter((name) => temporary.test(name)).map((name) => rm(join(directory, name), { force: true })),
  );
}
