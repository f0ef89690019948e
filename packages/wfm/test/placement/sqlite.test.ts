import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/ports.ts';
import { admit, box, hostingOf, report } from './contract/support.ts';
import { parseApplication } from '@muster/protocol';
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

it('tells after a restart what waited to be told: the latest of a device that flapped, once', async () => {
  const url = `sqlite:${join(directory, 'flapping.db')}`;
  const drift = async (store: Store): Promise<string[]> =>
    (await store.audit.list({ limit: 1000 })).items
      .map((entry) => entry.action)
      .filter((action) => action.startsWith('drift.'));
  const first = await openStore({ url, now: () => 1 });
  const clientId = await admit(first, 'flapping');
  await report(first, clientId, box);
  const document = 'requiredResources: {peripherals: [{type: camera}]}';
  const application = parseApplication(document);
  await first.requirements.add({
    name: 'vision',
    application,
    document,
    selector: '',
    actor: 'test',
    now: 2,
  });
  const blind = { ...box, hosting: { ...hostingOf(box), peripherals: [] } };
  for (let i = 0; i < 31; i++) {
    await report(first, clientId, i % 2 ? box : blind, 3 + i);
    await first.audit.settle();
  }
  assert.equal((await drift(first)).length, 6);
  await first.close();
  const second = await openStore({ url, now: () => 1 });
  assert.deepEqual((await drift(second)).slice(6), ['drift.raised']);
  assert.equal((await second.audit.verify(null)).ok, true);
  await second.close();
});
