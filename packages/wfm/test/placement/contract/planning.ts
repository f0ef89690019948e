/** Reservations, targets, spreading and supposed devices. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { parseQuantity, type Requirement } from '@muster/protocol';
import { Catalogue } from '../../../src/fleet/catalogue.ts';
import type { PlacementQuestion } from '../../../src/placement/answer.ts';
import { Placement } from '../../../src/placement/query.ts';
import { admit, report, ask, app, box, type Open, none, hostingOf } from './support.ts';

export function planningContract(open: Open): void {
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
    const supposed = await placement.query(
      ask(application, { hypothetical: [{ capabilities: { ...box, deviceId: 'new' }, labels: {} }] }),
      50,
    );
    assert.equal(supposed.devices, 7);
    assert.ok(supposed.candidates.some((c) => c.deviceId === 'new'));
  });
}
