/** Reports as they are kept: revisions, what happens at the same time, when a device was seen. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { it } from 'node:test';
import { capabilitiesToJson, parseQuantity } from '@muster/protocol';
import { Catalogue } from '../../../src/fleet/catalogue.ts';
import { Placement } from '../../../src/placement/query.ts';
import { countFacets } from '../../../src/fleet/facets.ts';
import { admit, app, ask, report, box, none, type Open, hostingOf } from './support.ts';

export function reportContract(open: Open): void {
  it('keeps revisions with what changed, each as it was received, and no more than twenty past ones', async () => {
    const store = await open();
    const clientId = await admit(store, 'r');
    assert.equal(await report(store, clientId, box, 10), 'created');
    const less = { ...box, hosting: { ...hostingOf(box), memory: parseQuantity('6Gi'), peripherals: [] } };
    assert.equal(await report(store, clientId, less, 20), 'updated');
    const [now, before] = await store.fleet.revisions(clientId, 'gw');
    assert.deepEqual(now?.change, ['memory 8Gi → 6Gi', 'camera Optowerk removed']);
    assert.deepEqual([now?.revision, now?.at, before?.revision, before?.at], [2, 20, 1, 10]);
    assert.equal(Buffer.from(before?.document ?? []).toString(), JSON.stringify(capabilitiesToJson(box)));
    for (let i = 0; i < 25; i++) await report(store, clientId, { ...box, serialNumber: `S${i}` }, 30 + i);
    const all = await store.fleet.revisions(clientId, 'gw');
    assert.deepEqual([all.length, all[0]?.revision, all.at(-1)?.revision], [21, 27, 7]);
  });

  it('takes reports that come at the same time as if one came after the other', async () => {
    const store = await open();
    const clients = await Promise.all(Array.from({ length: 6 }, (_, i) => admit(store, `many ${i}`)));
    const [first = '', second = ''] = clients;
    const gateways = await Promise.all(clients.map((clientId) => report(store, clientId, box)));
    assert.deepEqual(new Set(gateways), new Set(['created']));
    const results = await Promise.all([
      report(store, first, { ...box, deviceId: 'gw/a' }),
      report(store, 'nobody', box),
      report(store, second, { ...box, deviceId: 'other/a' }),
      report(store, first, { ...box, serialNumber: 'S-78' }),
      report(store, first, { ...box, serialNumber: 'S-78' }),
    ]);
    assert.deepEqual(results, ['created', 'client-not-found', 'gateway-not-found', 'updated', 'unchanged']);
    const revisions = await store.fleet.revisions(first, 'gw');
    assert.deepEqual(
      revisions.map((r) => [r.revision, r.change]),
      [
        [2, ['serial number S-77 → S-78']],
        [1, []],
      ],
    );
    const catalogue = new Catalogue(store.fleet);
    assert.equal((await countFacets(store.fleet, catalogue, {}, 9)).devices, clients.length + 1);
  });

  it('answers with what was stored before it was asked, also while an earlier question still reads', async () => {
    const store = await open();
    const clientId = await admit(store, 'r');
    await report(store, clientId, box);
    const catalogue = new Catalogue(store.fleet);
    await catalogue.refresh();
    const turns = new EventEmitter();
    const [isRead, goesOn] = [once(turns, 'read'), once(turns, 'go on')];
    const early = catalogue.refresh({
      ...store.fleet,
      async offersAfter(after, limit) {
        const found = await store.fleet.offersAfter(after, limit);
        turns.emit('read');
        await goesOn;
        return found;
      },
    });
    await isRead;
    const bigger = { ...box, hosting: { ...hostingOf(box), memory: parseQuantity('7Gi') } };
    await report(store, clientId, bigger, 6);
    const { devices, fitting } = await new Placement(store, catalogue).query(ask(app(none)), 7);
    assert.deepEqual([devices, fitting], [1, 1]);
    turns.emit('go on');
    await early;
  });

  it('counts labels once that two questions have read at the same time', async () => {
    const store = await open();
    const clientId = await admit(store, 'l');
    const catalogue = new Catalogue(store.fleet);
    await catalogue.refresh();
    const labels = { site: 'north' };
    await store.labels.set({ clientId, deviceId: null, labels, source: 'operator', actor: 'test', now: 2 });
    await report(store, clientId, box);
    await Promise.all([catalogue.refresh(), catalogue.refresh()]);
    const { facets } = await countFacets(store.fleet, catalogue, {}, 9);
    assert.deepEqual(facets.label, [{ value: 'site=north', devices: 1 }]);
  });

  it('writes when a device was seen at most once a minute, however often it comes', async () => {
    const store = await open();
    const clientId = await admit(store, 'seen');
    const seen = async (): Promise<number | undefined> =>
      (await store.devices.get(clientId, 'gw'))?.lastSeenAt;
    await report(store, clientId, box, 1000);
    assert.equal(await report(store, clientId, box, 2000), 'unchanged');
    await store.clients.touch(new Map([[clientId, 60_999]]));
    assert.equal(await seen(), 1000);
    assert.equal((await store.clients.byId(clientId))?.lastSeenAt, 60_999);
    assert.equal(await report(store, clientId, box, 61_000), 'unchanged');
    assert.equal(await seen(), 61_000);
    await store.clients.touch(new Map([[clientId, 121_001]]));
    assert.equal(await seen(), 121_001);
  });
}
