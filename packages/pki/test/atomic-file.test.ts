import assert from 'node:assert/strict';
import { chown, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { makeDirectory, writeFileAtomic } from '../src/index.ts';

const root = await mkdtemp(join(tmpdir(), 'muster-atomic-'));
after(() => rm(root, { recursive: true, force: true }));

const isRoot = process.getuid?.() === 0;

it("what root makes in somebody's folder is theirs", { skip: isRoot ? false : 'only root can' }, async () => {
  const [uid, gid] = [65_534, 65_533];
  await chown(root, uid, gid);
  const [folder, file] = [join(root, 'a', 'b'), join(root, 'a', 'b', 'key.pem')];
  await makeDirectory(folder);
  await writeFileAtomic(file, 'secret', 0o600);
  for (const [path, mode] of [
    [join(root, 'a'), 0o700],
    [folder, 0o700],
    [file, 0o600],
  ] as const) {
    const found = await stat(path);
    assert.deepEqual([found.uid, found.gid, found.mode & 0o777], [uid, gid, mode], path);
  }
});

it('what somebody makes in a folder of root is their own', async () => {
  const file = join(root, 'file');
  await chown(root, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  await writeFileAtomic(file, 'x', 0o600);
  assert.equal((await stat(file)).uid, process.getuid?.());
});
