/** Drift: alerts of reserved and of required workloads, raised, changed and resolved, each noted in the audit log. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { type Capabilities, parseApplication, parseQuantity } from '@muster/protocol';
import type { Store } from '../../../src/store/ports.ts';
import { admit, box, hostingOf, none, type Open, report } from './support.ts';

const vision = 'requiredResources: {memory: 4Gi, peripherals: [{type: camera}]}';
const hosting = hostingOf(box);
const blind: Capabilities = { ...box, hosting: { ...hosting, peripherals: [] } };
const small: Capabilities = { ...box, hosting: { ...hosting, memory: parseQuantity('2Gi') } };

const require = (store: Store, name: string, selector = '', document = vision) =>
  store.requirements.add({
    name,
    application: parseApplication(document),
    document,
    selector,
    actor: 'test',
    now: 10,
  });

const alerts = async (store: Store): Promise<[string | null, string, readonly string[]][]> =>
  (await store.fleet.alerts({ limit: 100 })).items.map((a) => [a.requirement, a.deviceId, a.lost]);

/** What the audit log says of drift. */
async function told(store: Store): Promise<[string, unknown][]> {
  await store.audit.settle();
  assert.equal((await store.audit.verify(null)).ok, true);
  return (await store.audit.list({ limit: 1000 })).items
    .filter((entry) => entry.action.startsWith('drift.'))
    .map((entry) => [entry.action, entry.detail['lost']]);
}

const lostCamera = 'peripherals: needs camera, offered none';

/** @param both two stores on one database, or one store twice where the database has one owner */
export function driftContract(open: Open, both: () => Promise<readonly [Store, Store]>): void {
  it('raises an alert when a reserved workload loses what it needs, and takes it back when it returns', async () => {
    const store = await open();
    const clientId = await admit(store, 'a');
    await report(store, clientId, box);
    await store.reservations.reserve({
      reservationId: randomUUID(),
      clientId,
      deviceId: 'gw',
      application: 'vision',
      requirement: { ...none, peripherals: [{ type: 'camera' }] },
      actor: 'test',
      now: 10,
      expiresAt: null,
    });
    await report(store, clientId, blind, 20);
    const { items } = await store.fleet.alerts({ limit: 10 });
    assert.deepEqual(
      items.map((a) => [a.application, a.requirement, a.lost, a.since]),
      [['vision', null, [lostCamera], 20]],
    );
    await store.audit.settle();
    await report(store, clientId, box, 30);
    assert.deepEqual(await alerts(store), []);
    assert.deepEqual(await told(store), [
      ['drift.raised', [lostCamera]],
      ['drift.resolved', [lostCamera]],
    ]);
  });

  it('raises, changes and resolves an alert of a required workload, on any instance', async () => {
    const [here, there] = await both();
    const clientId = await admit(here, 'a');
    await report(here, clientId, box);
    // A change before anything is required, so that both have looked.
    await report(there, clientId, blind, 15);
    await report(there, clientId, box, 16);
    assert.equal(await require(here, 'vision'), 'added');
    assert.equal(await require(there, 'vision'), 'unchanged');
    assert.equal(await require(there, 'vision', 'site=b'), 'conflict');
    await report(there, clientId, blind, 20);
    assert.deepEqual(await alerts(here), [['vision', 'gw', [lostCamera]]]);
    await there.audit.settle();
    await report(
      here,
      clientId,
      { ...blind, hosting: { ...hosting, peripherals: [], memory: parseQuantity('2Gi') } },
      21,
    );
    const lostBoth = ['memory: needs 4Gi, offered 2Gi', lostCamera];
    assert.deepEqual(await alerts(there), [['vision', 'gw', lostBoth]]);
    await here.audit.settle();
    await report(
      there,
      clientId,
      {
        ...blind,
        serialNumber: 'S-78',
        hosting: { ...hosting, peripherals: [], memory: parseQuantity('2Gi') },
      },
      22,
    );
    await report(there, clientId, box, 23);
    assert.deepEqual(await alerts(here), []);
    assert.deepEqual(await told(here), [
      ['drift.raised', [lostCamera]],
      ['drift.changed', lostBoth],
      ['drift.resolved', lostBoth],
    ]);
    assert.equal(await here.requirements.remove('vision', 'test', 30), true);
    await report(there, clientId, blind, 31);
    assert.deepEqual(await alerts(here), []);
  });

  it('looks only at devices that are meant, and at those that could host it', async () => {
    const store = await open();
    const ids: Record<string, string> = {};
    for (const [name, site, c] of [
      ['meant', 'a', box],
      ['elsewhere', 'b', box],
      ['never', 'a', small],
    ] as const) {
      ids[name] = await admit(store, name);
      await store.labels.set({
        clientId: ids[name],
        deviceId: null,
        labels: { site },
        source: 'rule',
        actor: 'test',
        now: 2,
      });
      await report(store, ids[name], { ...c, deviceId: name });
    }
    // A device that is chosen by its camera is still meant when it loses the camera.
    await require(store, 'by-site', 'site=a, /peripherals[*]/type has-any (camera)');
    await require(store, 'by-property', '/vendor=Halden, /memory>4Gi');
    await require(store, 'by-nothing', '/vendor=Another');
    for (const [name, id] of Object.entries(ids)) await report(store, id, { ...blind, deviceId: name }, 20);
    assert.deepEqual(
      (await alerts(store)).map(([requirement, deviceId]) => `${requirement} ${deviceId}`).sort(),
      ['by-property elsewhere', 'by-property meant', 'by-site meant'],
    );
    // An operator who moves the device out of the site ends what was required of it there.
    const move = {
      deviceId: null,
      labels: { site: 'b' },
      source: 'operator',
      actor: 'test',
      now: 25,
    } as const;
    await store.labels.set({ clientId: ids['meant'] ?? '', ...move });
    assert.deepEqual(
      (await alerts(store)).map(([requirement]) => requirement),
      ['by-property', 'by-property'],
    );
    const first = await store.fleet.alerts({ limit: 1 });
    const second = await store.fleet.alerts({ limit: 1, cursor: first.nextCursor ?? '' });
    assert.notEqual(first.items[0]?.alertId, second.items[0]?.alertId);
    assert.equal(second.nextCursor, null);
  });

  it('is satisfied with any profile, and holds a deployment to the device that it names', async () => {
    const store = await open();
    const clientId = await admit(store, 'g');
    await report(store, clientId, box);
    for (const child of ['gw/a', 'gw/b']) await report(store, clientId, { ...box, deviceId: child });
    const needs = (type: string, memory: string): object => ({
      ...none,
      deploymentType: type,
      memory: parseQuantity(memory),
    });
    await store.requirements.add({
      name: 'two-ways',
      application: {
        id: 'app',
        name: 'app',
        version: '1',
        target: 'gw/*',
        profiles: [
          { id: 'large', requirement: { ...none, ...needs('compose', '8Gi') }, components: [] },
          { id: 'small', requirement: { ...none, ...needs('compose', '4Gi') }, components: [] },
        ],
      },
      document: '',
      selector: '',
      actor: 'test',
      now: 10,
    });
    const shrink = (deviceId: string, memory: string, now: number) =>
      report(
        store,
        clientId,
        { ...small, deviceId, hosting: { ...hosting, memory: parseQuantity(memory) } },
        now,
      );
    await shrink('gw/a', '4Gi', 20);
    assert.deepEqual(await alerts(store), []);
    for (const id of ['gw', 'gw/a', 'gw/b']) await shrink(id, '2Gi', 21);
    assert.deepEqual((await alerts(store)).map(([, id, lost]) => [id, lost]).sort(), [
      ['gw/a', ['memory: needs 4Gi, offered 2Gi']],
      ['gw/b', ['memory: needs 8Gi, offered 2Gi']],
    ]);
    await store.reservations.reserve({
      reservationId: 'r1',
      clientId,
      deviceId: 'gw/b',
      application: 'app',
      requirement: none,
      actor: 'test',
      now: 30,
      expiresAt: null,
    });
    await store.audit.settle();
    assert.equal(await store.devices.remove(clientId, 'gw', 40), 3);
    assert.deepEqual(await alerts(store), []);
    await store.audit.settle();
    const last = (await store.audit.list({ limit: 1000 })).items.slice(-2);
    assert.deepEqual(
      last.map((entry) => [entry.action, entry.subject, entry.detail]),
      [
        ['reservation.lost', 'r1', { clientId, deviceId: 'gw/b', application: 'app' }],
        ['device.removed', `${clientId}/gw`, { clientId, deviceId: 'gw', devices: 3 }],
      ],
    );
    assert.equal(await store.audit.hasEnded('r1', ['reservation.lost']), true);
  });

  it('tells of a device that flaps six times, and then no more for a while; what stands is shown all the same', async () => {
    const store = await open();
    const clientId = await admit(store, 'flapping');
    await report(store, clientId, box);
    await require(store, 'vision');
    for (let i = 0; i < 20; i++) {
      await report(store, clientId, i % 2 ? box : blind, 20 + i);
      await store.audit.settle();
    }
    await report(store, clientId, blind, 50);
    assert.equal((await alerts(store)).length, 1);
    const entries = await told(store);
    assert.deepEqual(
      entries.map(([action]) => action),
      [0, 1, 2].flatMap(() => ['drift.raised', 'drift.resolved']),
    );
  });

  it('tells nobody of what was over before it could be told, and of the latest where it went on', async () => {
    const store = await open();
    const clientIds = await Promise.all(['a', 'b'].map((name) => admit(store, name)));
    const [first = '', second = ''] = clientIds;
    for (const clientId of clientIds) await report(store, clientId, box);
    await require(store, 'vision');
    const small = { ...blind, hosting: { ...hosting, peripherals: [], memory: parseQuantity('2Gi') } };
    // Reports that come at once are one transaction: nothing of it is told before its end.
    await Promise.all([
      report(store, first, blind, 20),
      report(store, first, box, 21),
      report(store, second, blind, 20),
      report(store, second, small, 21),
    ]);
    assert.deepEqual(await told(store), [['drift.raised', ['memory: needs 4Gi, offered 2Gi', lostCamera]]]);
  });

  it('lists requirements by name, page by page, and takes no more than a hundred', async () => {
    const store = await open();
    for (let i = 0; i < 100; i++)
      assert.equal(await require(store, `r${String(i).padStart(3, '0')}`), 'added');
    assert.equal(await require(store, 'another'), 'too-many');
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.requirements.list({ limit: 40, cursor });
      names.push(...page.items.map((r) => r.name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual([names.length, names[0], names[99]], [100, 'r000', 'r099']);
    assert.equal((await store.requirements.get('r001'))?.document, vision);
    assert.equal(await store.requirements.remove('another', 'test', 11), false);
  });

  it('never fails a report because of what operators require, reserve and release at the same time', async () => {
    const [here, there] = await both();
    const clientIds = await Promise.all(['a', 'b', 'c'].map((name) => admit(here, name)));
    await Promise.all(clientIds.map((clientId) => report(here, clientId, box)));
    const changing = clientIds.map(async (clientId, n) => {
      for (let i = 0; i < 30; i++)
        assert.equal(
          await report(i % 2 ? here : there, clientId, i % 2 ? box : blind, 20 + i),
          'updated',
          `${n}`,
        );
    });
    const requiring = (async () => {
      for (let i = 0; i < 20; i++) {
        await require(here, `r${i % 2}`);
        await there.requirements.remove(`r${i % 2}`, 'test', 20);
      }
    })();
    const reserving = clientIds.map(async (clientId) => {
      for (let i = 0; i < 15; i++) {
        const reservationId = randomUUID();
        await here.reservations.reserve({
          reservationId,
          clientId,
          deviceId: 'gw',
          application: 'x',
          requirement: { ...none, peripherals: [{ type: 'camera' }] },
          actor: 'test',
          now: 20,
          expiresAt: null,
        });
        await there.labels.set({
          clientId,
          deviceId: 'gw',
          labels: { n: String(i) },
          source: 'operator',
          actor: 'test',
          now: 20,
        });
        await there.reservations.release(reservationId, 'test', 21);
      }
    });
    await Promise.all([...changing, requiring, ...reserving]);
    await told(here);
    assert.deepEqual(await alerts(here), []);
  });
}
