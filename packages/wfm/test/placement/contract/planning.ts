/** Reservations, targets, spreading and supposed devices. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { parseQuantity, type Requirement } from '@muster/protocol';
import { Catalogue } from '../../../src/fleet/catalogue.ts';
import type { PlacementQuestion } from '../../../src/placement/answer.ts';
import { Placement } from '../../../src/placement/query.ts';
import type { Store } from '../../../src/store/ports.ts';
import { admit, report, ask, app, box, type Open, none, hostingOf } from './support.ts';

/** @param both two stores on one database, or one store twice where the database has one owner */
export function planningContract(open: Open, both: () => Promise<readonly [Store, Store]>): void {
  it('never reserves more than there is on any instance: cores of one CPU, storage, peripherals of its own', async () => {
    const [here, there] = await both();
    const clientId = await admit(here, 'p');
    const camera = { type: 'camera' } as const;
    await report(here, clientId, {
      ...box,
      hosting: {
        ...hostingOf(box),
        cpuGroups: [{ milliCores: 3000 }, { milliCores: 1500 }],
        peripherals: [camera, camera],
      },
    });
    for (const [need, most] of [
      // 3 + 1.5 cores take two of two cores each only if they may be added up, which they must not.
      [{ cpu: { milliCores: 2000 } }, 1],
      [{ storage: parseQuantity('10Gi') }, 5],
      [{ peripherals: [camera] }, 2],
    ] as const) {
      const ids = Array.from({ length: 10 }, () => randomUUID());
      const results = await Promise.all(
        ids.map((reservationId, i) =>
          (i % 2 ? here : there).reservations.reserve({
            reservationId,
            clientId,
            deviceId: 'gw',
            application: 'a',
            requirement: { ...none, ...need },
            actor: 'test',
            now: 10,
            expiresAt: null,
          }),
        ),
      );
      assert.equal(results.filter((r) => r.result === 'reserved').length, most, Object.keys(need)[0]);
      const shown = (await there.reservations.list({ limit: 100, now: 10 })).items;
      assert.deepEqual(
        new Set(shown.map((r) => r.reservationId)),
        new Set(ids.filter((_, i) => results[i]?.result === 'reserved')),
      );
      for (const { reservationId } of shown) await here.reservations.release(reservationId, 'test', 11);
    }
  });

  it('never has less than nothing free, even where a device now reports less than is reserved', async () => {
    const store = await open();
    const clientId = await admit(store, 'z');
    await report(store, clientId, box);
    const reservationId = randomUUID();
    const needs: Requirement = { ...none, cpu: { milliCores: 3000 }, memory: parseQuantity('6Gi') };
    await store.reservations.reserve({
      reservationId,
      clientId,
      deviceId: 'gw',
      application: 'a',
      requirement: needs,
      actor: 'test',
      now: 10,
      expiresAt: null,
    });
    await report(store, clientId, {
      ...box,
      hosting: { ...hostingOf(box), cpuGroups: [{ milliCores: 1000 }], memory: parseQuantity('2Gi') },
    });
    const placement = new Placement(store, new Catalogue(store.fleet));
    const little = app({ ...none, cpu: { milliCores: 1 }, memory: parseQuantity('1Ki') });
    const offered = async (): Promise<(string | undefined)[]> => {
      const checks = (await placement.explain(little, clientId, 'gw', 20))?.profiles[0]?.checks ?? [];
      return ['cpu', 'memory'].map((name) => checks.find((c) => c.constraint === name)?.offered);
    };
    assert.deepEqual(await offered(), ['0 free of 1 unnamed', '0Ki free of 2Gi']);
    assert.deepEqual((await placement.query(ask(little), 20)).copies, 0);
    assert.equal(await store.reservations.release(reservationId, 'test', 21), true);
    assert.deepEqual(await offered(), ['1 unnamed', '2Gi']);
  });

  it('keeps reserved cores on their CPU, wherever a report lists it, and wherever they go without it', async () => {
    const store = await open();
    const placement = new Placement(store, new Catalogue(store.fleet));
    const clientId = await admit(store, 'c');
    const [big, small, arm] = [
      { milliCores: 4000, architecture: 'amd64' },
      { milliCores: 2000, architecture: 'amd64' },
      { milliCores: 2000, architecture: 'arm64' },
    ] as const;
    const cpuGroups = (...listed: (typeof big | typeof small | typeof arm)[]) =>
      report(store, clientId, { ...box, hosting: { ...hostingOf(box), cpuGroups: listed } });
    const reserve = async (milliCores: number, ...architectures: string[]) => {
      const cpu = { milliCores, ...(architectures.length === 0 ? {} : { architectures }) };
      const made = await store.reservations.reserve({
        reservationId: randomUUID(),
        clientId,
        deviceId: 'gw',
        application: 'a',
        requirement: { ...none, cpu },
        actor: 'test',
        now: 10,
        expiresAt: null,
      });
      assert.equal(made.result, 'reserved');
    };
    const free = async (): Promise<string | undefined> => {
      const little = app({ ...none, cpu: { milliCores: 1 } });
      const found = await placement.explain(little, clientId, 'gw', 20);
      const cpu = found?.profiles[0]?.checks.find((c) => c.constraint === 'cpu')?.offered;
      // Placement as a whole sees what one device is told.
      const { copies } = await placement.query(ask(app({ ...none, cpu: { milliCores: 500 } })), 20);
      return `${cpu}; ${copies}`;
    };
    await cpuGroups(big, small, arm);
    await reserve(3000, 'amd64');
    await reserve(2000, 'arm64');
    assert.equal(await free(), '1 free of 4 amd64 + 2 amd64 + 0 free of 2 arm64; 6');
    await cpuGroups(arm, small, big);
    assert.equal(await free(), '0 free of 2 arm64 + 2 amd64 + 1 free of 4 amd64; 6', 'in another order');
    await cpuGroups(arm, small);
    assert.equal(await free(), '0 free of 2 arm64 + 0 free of 2 amd64; 0', 'more is reserved than is left');
    await cpuGroups(big);
    assert.equal(
      await free(),
      '1 free of 4 amd64; 2',
      'what returns is used again, what has no CPU that suits counts on none',
    );
    await cpuGroups(small, big, arm);
    assert.equal(await free(), '2 amd64 + 1 free of 4 amd64 + 0 free of 2 arm64; 6');
    assert.deepEqual((await store.fleet.alerts({ limit: 10 })).items, []);
  });

  it('never reserves more than there is, whoever asks at the same time, and gives back what has expired', async () => {
    const store = await open();
    const clientId = await admit(store, 'v');
    await report(store, clientId, box);
    const two: Requirement = { ...none, memory: parseQuantity('2Gi') };
    const reserve = (expiresAt: number | null, now = 10) =>
      store.reservations.reserve({
        reservationId: randomUUID(),
        clientId,
        deviceId: 'gw',
        application: 'a',
        requirement: two,
        actor: 'test',
        now,
        expiresAt,
      });
    const results = await Promise.all(Array.from({ length: 12 }, () => reserve(100)));
    assert.equal(results.filter((r) => r.result === 'reserved').length, 4);
    assert.equal((await reserve(100)).result, 'no-room');
    const placement = new Placement(store, new Catalogue(store.fleet));
    const full = await placement.query(ask(app(two)), 50);
    assert.deepEqual([full.fitting, full.copies], [0, 0]);
    assert.deepEqual(full.nearestMisses, [
      { constraint: 'memory', lacks: '2Gi of memory', perMille: 1000, devices: 1 },
    ]);
    assert.equal((await placement.query(ask(app(two)), 100)).copies, 4);
    assert.equal((await reserve(null, 100)).result, 'reserved');
    const held = (await store.reservations.list({ limit: 1, now: 0 })).items[0];
    assert.equal(await store.reservations.sweep(100), 4);
    const subject = held?.reservationId ?? '';
    assert.equal(
      await store.audit.hasEnded(subject, ['reservation.expired']),
      true,
      'so that releasing it is done',
    );
    assert.equal(await store.audit.hasEnded(subject, ['reservation.released']), false);
    assert.equal((await store.audit.verify(null)).ok, true);
  });

  it('takes a reservation whose time is over for none, when the same is asked for again', async () => {
    const store = await open();
    const clientId = await admit(store, 'o');
    await report(store, clientId, box);
    const reserve = (reservationId: string, memory: string, now: number) =>
      store.reservations.reserve({
        reservationId,
        clientId,
        deviceId: 'gw',
        application: 'a',
        requirement: { ...none, memory: parseQuantity(memory) },
        actor: 'test',
        now,
        expiresAt: now + 100,
      });
    const id = randomUUID();
    assert.equal((await reserve(id, '6Gi', 10)).result, 'reserved');
    assert.equal((await reserve(id, '6Gi', 109)).result, 'unchanged');
    const again = await reserve(id, '6Gi', 110);
    assert.ok(again.result === 'reserved' && again.reservation.expiresAt === 210);
    assert.equal((await reserve(randomUUID(), '6Gi', 210)).result, 'reserved');
    assert.equal((await reserve(id, '6Gi', 211)).result, 'no-room');
    assert.equal((await reserve(id, '1Gi', 212)).result, 'reserved', 'the id is free for anything');
    const ends = (await store.audit.list({ limit: 100 })).items.filter(
      (e) => e.action === 'reservation.expired',
    );
    assert.deepEqual(
      ends.map((e) => e.subject),
      [id, id],
    );
    assert.equal((await store.audit.verify(null)).ok, true);
  });

  it('directs to one child, leaves the choice to the gateway, spreads, and supposes devices', async () => {
    const store = await open();
    const placement = new Placement(store, new Catalogue(store.fleet));
    for (const [i, memory] of ['2Gi', '4Gi'].entries()) {
      const clientId = await admit(store, `g${i}`);
      await report(store, clientId, { ...box, deviceId: `gw${i}` });
      for (const child of ['a', 'b'])
        await report(store, clientId, {
          ...box,
          deviceId: `gw${i}/${child}`,
          hosting: { ...hostingOf(box), memory: parseQuantity(memory) },
        });
    }
    const application = app({ ...none, memory: parseQuantity('2Gi') });
    const ids = async (change: Partial<PlacementQuestion>): Promise<string[]> =>
      (await placement.query(ask(application, change), 50)).candidates.map((c) => c.deviceId);
    assert.deepEqual(await ids({ target: 'gw1/b' }), ['gw1/b']);
    assert.deepEqual(await ids({ target: 'gw0/*' }), ['gw0/a', 'gw0/b']);
    const spread = await ids({ spread: 'gateway', limit: 2 });
    assert.deepEqual(
      spread.map((id) => id.split('/')[0]),
      ['gw0', 'gw1'],
    );
    const { items } = await store.clients.list({ limit: 2 });
    for (const [i, { clientId }] of items.entries())
      await store.clients.setLabels(clientId, { site: `s${i}` }, 'test', 7);
    const bySite = (await placement.query(ask(application, { spread: 'site' }), 50)).candidates;
    assert.deepEqual(
      [0, 2, 4].map((turn) => new Set(bySite.slice(turn, turn + 2).map((c) => c.labels['site'])).size),
      [2, 2, 2],
    );
    const supposed = await placement.query(
      ask(application, { hypothetical: [{ capabilities: { ...box, deviceId: 'new' }, labels: {} }] }),
      50,
    );
    assert.equal(supposed.devices, 7);
    assert.ok(supposed.candidates.some((c) => c.deviceId === 'new'));
  });
}
