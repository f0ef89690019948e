/**
 * Loaded before a command by `--import …/cut-power.ts?at=K`: at the K-th step that changes the disk the process is killed,
 * before the step is done; what would be written is then there by half. Without K it counts, and says so at the end.
 */
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const at = Number(new URL(import.meta.url).searchParams.get('at') ?? Number.POSITIVE_INFINITY);
let steps = 0;

/** Counts a step. @returns whether the power goes now */
const isLast = (): boolean => ++steps >= at;

async function cut(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => undefined);
}

const { open, rename, rm, link, mkdir, writeFile: writeWhole } = fs;
const patched = new WeakSet<object>();

/** All handles share one prototype, which only a first handle gives away. */
function patchHandles(handle: FileHandle): void {
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  if (patched.has(prototype)) return;
  patched.add(prototype);
  const { sync, writeFile } = prototype;
  prototype.sync = async function (this: FileHandle) {
    return isLast() ? cut() : sync.call(this);
  };
  prototype.writeFile = async function (this: FileHandle, data: string | Uint8Array) {
    if (!isLast()) return writeFile.call(this, data);
    await writeFile.call(this, Buffer.from(data).subarray(0, Math.floor(data.length / 2)));
    return cut();
  } as FileHandle['writeFile'];
}

fs.open = async (...o: Parameters<typeof open>) => {
  const handle = await open(...o);
  patchHandles(handle);
  return handle;
};
fs.rename = async (...o: Parameters<typeof rename>) => (isLast() ? cut() : rename(...o));
fs.rm = async (...o: Parameters<typeof rm>) => (isLast() ? cut() : rm(...o));
fs.mkdir = (async (...o: Parameters<typeof mkdir>) => (isLast() ? cut() : mkdir(...o))) as typeof mkdir;
fs.writeFile = async (...o: Parameters<typeof writeWhole>) => (isLast() ? cut() : writeWhole(...o));
fs.link = async (...o: Parameters<typeof link>) => (isLast() ? cut() : link(...o));
syncBuiltinESMExports();
process.once('exit', () => process.stderr.write(`disk-steps ${steps}\n`));
