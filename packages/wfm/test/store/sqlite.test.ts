import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import { checkLock } from '../../src/store/sqlite/lock.ts';
import { auditQuestions } from './audit.ts';
import { storeContract } from './contract.ts';
import { storeRaces } from './races.ts';

const directory = await mkdtemp(join(tmpdir(), 'muster-store-'));
after(() => rm(directory, { recursive: true, force: true }));
let count = 0;
storeContract('SQLite', 1, () => Promise.resolve(`sqlite:${join(directory, `${count++}.db`)}`));
auditQuestions('SQLite', () => Promise.resolve(`sqlite:${join(directory, `${count++}.db`)}`));
// Who wins does not depend on the disk, so none is waited for where the system has files in memory.
const inMemory = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'muster-races-'));
after(() => rm(inMemory, { recursive: true, force: true }));
storeRaces('SQLite', 1, 0.9, () => Promise.resolve(`sqlite:${join(inMemory, `${count++}.db`)}`));

it('belongs to one store at a time, and is free again after it', async () => {
  const path = join(directory, 'held.db');
  const url = `sqlite:${path}`;
  checkLock(path, { milliseconds: 0 });
  const store = await openStore({ url, now: () => 1 });
  await assert.rejects(openStore({ url, now: () => 1 }), { code: 'SQLITE_BUSY' });
  assert.throws(() => checkLock(path, { milliseconds: 0 }), { code: 'SQLITE_BUSY' });
  assert.ok(await store.ready());
  await store.close();
  checkLock(path, { milliseconds: 0 });
  await (await openStore({ url, now: () => 1 })).close();
});
