import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import { admit, box, report } from './contract/support.ts';
import { placementContract } from './contract.ts';

const directory = await mkdtemp(join(tmpdir(), 'muster-placement-'));
let count = 0;
placementContract('SQLite', 40, 1, () => Promise.resolve(`sqlite:${join(directory, `${count++}.db`)}`));
after(() => rm(directory, { recursive: true, force: true }));

it('writes nothing for a device that comes again and has nothing new to say', async () => {
  const path = join(directory, 'quiet.db');
  const store = await openStore({ url: `sqlite:${path}`, now: () => 1 });
  const clientId = await admit(store, 'quiet');
  await report(store, clientId, box, 1000);
  const written = async (): Promise<number> => (await stat(`${path}-wal`)).size;
  const before = await written();
  for (let i = 0; i < 50; i++) assert.equal(await report(store, clientId, box, 1001 + i), 'unchanged');
  assert.equal(await written(), before);
  // It can fail: what is new is written.
  await report(store, clientId, { ...box, serialNumber: 'S-79' }, 2000);
  assert.notEqual(await written(), before);
  await store.close();
});
