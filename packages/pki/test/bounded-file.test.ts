/** Files are read whole up to a bound, whatever stands behind the path. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { FileTooLargeError, readBoundedFile } from '../src/index.ts';

const root = await mkdtemp(join(tmpdir(), 'muster-bounded-'));
after(() => rm(root, { recursive: true, force: true }));
const tooLarge = (error: unknown): boolean =>
  error instanceof FileTooLargeError && / has more than \d+ bytes\.$/.test(error.message);

it('a file is read as it is, up to the very bound', async () => {
  const path = join(root, 'file');
  for (const size of [0, 1, 99, 100]) {
    const bytes = Buffer.alloc(size, 'ä');
    await writeFile(path, bytes);
    assert.deepEqual(await readBoundedFile(path, 100), bytes, `${size} bytes`);
  }
  for (const size of [101, 5_000, 1_073_741_824]) {
    await truncate(path, size);
    await assert.rejects(readBoundedFile(path, 100), tooLarge, `${size} bytes`);
  }
});

it('what has no size and what has no end is read no further than the bound, too', async () => {
  await assert.rejects(readBoundedFile('/dev/zero', 300_000), tooLarge);
  assert.match((await readBoundedFile('/proc/self/status', 100_000)).toString(), /^Name:/);
  await assert.rejects(readBoundedFile('/proc/self/status', 100), tooLarge);
  const pipe = join(root, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const content = 'line\n'.repeat(50_000);
  for (const [maximum, fits] of [
    [250_000, true],
    [249_999, false],
  ] as const) {
    const writer = spawn('sh', ['-c', 'yes line | head -n 50000 > "$0"', pipe], { stdio: 'ignore' });
    const reading = readBoundedFile(pipe, maximum);
    if (fits) assert.equal((await reading).toString(), content);
    else await assert.rejects(reading, tooLarge);
    writer.kill();
  }
});

it('what cannot be read is told as the system tells it', async () => {
  await assert.rejects(readBoundedFile(join(root, 'absent'), 10), { code: 'ENOENT' });
  await assert.rejects(readBoundedFile(root, 10), { code: 'EISDIR' });
});
