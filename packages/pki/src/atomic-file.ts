import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Makes the entries of a directory durable: without it a rename may be lost with the power. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * What root makes in somebody's folder is theirs, as what they make themselves: a server or daemon that runs as a user of its
 * own must be able to read what a command of root has left there.
 */
async function giveToOwnerOf(directory: string, made: FileHandle): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(directory);
  // Some file systems know no owners.
  if (uid !== 0) await made.chown(uid, gid).catch(() => undefined);
}

/**
 * Makes a directory, and those above it, for their owner only; their entries are on disk when this resolves. Step by step,
 * because node's own way never ends where a file system (procfs) says of a new directory that its parent is missing.
 */
export async function makeDirectory(path: string): Promise<void> {
  const whole = resolve(path);
  const missing: string[] = [];
  for (let at = whole; !(await isDirectory(at)); at = dirname(at)) missing.unshift(at);
  for (const one of missing) {
    try {
      await mkdir(one, { mode: 0o700 });
      // Whoever may write beside it could put a link in its place.
      const made = await open(one, constants.O_DIRECTORY | constants.O_NOFOLLOW);
      await giveToOwnerOf(dirname(one), made).finally(() => made.close());
    } catch (error) {
      // Somebody else may have made it meanwhile.
      if (!(await isDirectory(one))) throw error;
    }
    await syncDirectory(dirname(one));
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(?:ENOENT|ENOTDIR)$/.test(String(error.code)))
      return false;
    throw error;
  }
}

/**
 * Writes a file so that a cut at any moment leaves the old content or the new, on disk when this resolves.
 * @param mode the file's mode, set before any content is in it
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.chmod(mode);
      await giveToOwnerOf(dirname(path), handle);
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}
