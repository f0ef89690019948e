/** Placement against the reference matcher, over random fleets and requirements; each database runs it. */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, describe, it } from 'node:test';
import {
  type Application,
  type Capabilities,
  capabilitiesToJson,
  parseQuantity,
  type Requirement,
} from '@muster/protocol';
import fc from 'fast-check';
import { Catalogue } from '../../src/fleet/catalogue.ts';
import { countFacets, searchDevices } from '../../src/fleet/search.ts';
import { offerDigest, offerOf } from '../../src/placement/offer.ts';
import type { PlacementQuestion } from '../../src/placement/answer.ts';
import { Placement } from '../../src/placement/query.ts';
import { requirementFromJson } from '../../src/placement/taken.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/ports.ts';
import { device, expression, requirement } from './arbitraries.ts';
import { applicant, terms } from '../store/contract.ts';
import { type ReferenceDevice, referenceMatch, referencePlacement } from './reference.ts';

async function admit(store: Store, name: string): Promise<string> {
  const clientId = randomUUID();
  await store.enrollments.admit({
    applicant: applicant(name),
    clientId,
    decidedBy: 'policy',
    terms,
    receipt: null,
    now: 1,
  });
  return clientId;
}

/** Reports a device as the device path does. */
async function report(store: Store, clientId: string, c: Capabilities, now = 5): Promise<string> {
  const model = JSON.stringify(capabilitiesToJson(c));
  const document = Buffer.from(model);
  return store.devices.upsert({
    clientId,
    deviceId: c.deviceId,
    profile: 'rc.2c',
    model,
    document,
    digest: createHash('sha256').update(document).digest('hex'),
    now,
    mode: 'keyed',
  });
}

const digestOf = (d: ReferenceDevice): string => offerDigest(JSON.stringify(offerOf(d.capabilities)));
const ask = (application: Application, change: Partial<PlacementQuestion> = {}): PlacementQuestion => ({
  application,
  count: 1,
  limit: 1000,
  missLimit: 1000,
  ...change,
});
const app = (...requirements: Requirement[]): Application => ({
  id: 'app',
  name: 'app',
  version: '1',
  profiles: requirements.map((r, i) => ({ id: `p${i}`, requirement: r, components: [] })),
});
const none: Requirement = { peripherals: [], interfaces: [], eligibility: [] };

export function placementContract(name: string, runs: number, url: () => Promise<string>): void {
  describe(`placement on ${name}`, () => {
    const opened: Store[] = [];
    const open = async (): Promise<Store> => {
      const store = await openStore({ url: await url(), now: () => 1 });
      opened.push(store);
      return store;
    };
    after(() => Promise.all(opened.map((store) => store.close())));

    it('says what the reference matcher says: candidates, order, copies, and why not', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(device, { minLength: 1, maxLength: 14 }),
          fc.array(fc.array(requirement, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 4 }),
          fc.array(expression, { maxLength: 2 }),
          async (given, questions, selector) => {
            const store = await open();
            const fleet: ReferenceDevice[] = [];
            for (const [i, d] of given.entries()) {
              const clientId = await admit(store, `c${i}`);
              const gateway: Capabilities = {
                deviceId: `d${i}`,
                vendor: 'G',
                modelNumber: 'g',
                serialNumber: 'g',
                extensions: {},
              };
              const capabilities: Capabilities = {
                deviceId: d.child ? `d${i}/child` : `d${i}`,
                vendor: d.vendor,
                modelNumber: 'm',
                serialNumber: d.serial,
                ...(d.hosting === undefined ? {} : { hosting: d.hosting }),
                extensions: {},
              };
              const labels = Object.fromEntries(Object.entries(d.labels).filter(([, v]) => v !== ''));
              await store.labels.set({
                clientId,
                deviceId: null,
                labels,
                source: 'rule',
                actor: 'test',
                now: 2,
              });
              if (d.child) await report(store, clientId, gateway);
              await report(store, clientId, capabilities);
              for (const [j, r] of d.reservations.entries())
                await store.reservations.reserve({
                  reservationId: randomUUID(),
                  clientId,
                  deviceId: capabilities.deviceId,
                  application: `r${j}`,
                  requirement: r,
                  actor: 'test',
                  now: 5,
                  expiresAt: j === 0 ? null : 100,
                });
              if (d.blocked) await store.clients.setState(clientId, ['active'], 'blocked', 'test', 6);
              const clientState = d.blocked ? 'blocked' : 'active';
              for (const c of d.child ? [gateway, capabilities] : [capabilities]) {
                const reserved = (await store.reservations.ofDevice(clientId, c.deviceId, 50)).map((one) => ({
                  requirement: requirementFromJson(one.requirement),
                  cpuGroup: one.cpuGroup,
                }));
                fleet.push({ clientId, capabilities: c, labels, clientState, reserved });
              }
            }
            const catalogue = new Catalogue(store.fleet);
            // Both ways of answering: row by row where a selection is small, and group by group.
            const ways = [new Placement(store, catalogue), new Placement(store, catalogue, 0)];
            for (const [placement, requirements] of ways.flatMap((way) =>
              questions.map((q) => [way, q] as const),
            )) {
              const application = app(...requirements);
              const inside = fleet.filter(
                (d) =>
                  !referenceMatch({ ...none, eligibility: selector }, d).unmet.some(
                    (name) => name === 'label' || name === 'property',
                  ),
              );
              const expected = referencePlacement(application, inside, digestOf);
              const answer = await placement.query(ask(application, { selector }), 50);
              assert.deepEqual(
                answer.candidates.map((c) => ({
                  id: `${c.clientId} ${c.deviceId}`,
                  profile: c.verdict.profile,
                  waste: c.verdict.fit?.waste,
                  copies: c.verdict.fit?.copies,
                })),
                expected.fitting,
              );
              assert.equal(answer.devices, inside.length);
              assert.equal(answer.fitting, expected.fitting.length);
              assert.equal(
                answer.copies,
                expected.fitting.reduce((n, c) => n + c.copies, 0),
              );
              assert.deepEqual(
                new Set(answer.notFitting.map((c) => `${c.clientId} ${c.deviceId}`)),
                new Set(expected.unmet.keys()),
              );
              for (const d of inside) {
                const id = `${d.clientId} ${d.capabilities.deviceId}`;
                const why = await placement.explain(application, d.clientId, d.capabilities.deviceId, 50);
                assert.equal(why?.fits, !expected.unmet.has(id));
                if (why?.fits === false)
                  assert.deepEqual(
                    why.profiles.map((p) => p.checks.filter((c) => !c.met).map((c) => c.constraint)),
                    expected.unmet.get(id),
                  );
              }
              const oneMiss = [...expected.unmet.values()].filter((p) =>
                p.some((u) => u.length === 1),
              ).length;
              if (application.profiles.length === 1 && answer.nearestMisses.length < 10)
                assert.equal(
                  answer.nearestMisses.reduce((n, m) => n + m.devices, 0),
                  oneMiss,
                );
            }
          },
        ),
        { numRuns: runs, seed: 20261124 },
      );
    });

    const box: Capabilities = {
      deviceId: 'gw',
      vendor: 'Halden',
      modelNumber: 'HR',
      serialNumber: 'S-77',
      hosting: {
        cpuGroups: [{ milliCores: 4000, architecture: 'amd64' }],
        memory: parseQuantity('8Gi'),
        storage: parseQuantity('59 Gi'),
        peripherals: [{ type: 'camera', manufacturer: 'Optowerk' }],
        interfaces: [{ type: 'ethernet' }],
        otelCollector: true,
        runtimes: ['oci'],
        deploymentTypes: ['compose'],
      },
      extensions: {},
    };
    const hostingOf = (c: Capabilities): NonNullable<Capabilities['hosting']> => {
      assert.ok(c.hosting);
      return c.hosting;
    };

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
      assert.equal(await store.reservations.sweep(100), 4);
      assert.equal((await store.audit.verify(null)).ok, true);
    });

    it('raises an alert when a reserved workload loses what it needs, and takes it back when it returns', async () => {
      const store = await open();
      const clientId = await admit(store, 'a');
      await report(store, clientId, box);
      const camera: Requirement = { ...none, peripherals: [{ type: 'camera' }] };
      await store.reservations.reserve({
        reservationId: randomUUID(),
        clientId,
        deviceId: 'gw',
        application: 'vision',
        requirement: camera,
        actor: 'test',
        now: 10,
        expiresAt: null,
      });
      await report(store, clientId, { ...box, hosting: { ...hostingOf(box), peripherals: [] } }, 20);
      const { items } = await store.fleet.alerts({ limit: 10 });
      assert.deepEqual(
        items.map((a) => [a.application, a.lost, a.since]),
        [['vision', ['peripherals: needs camera, offered none'], 20]],
      );
      await report(store, clientId, box, 30);
      assert.deepEqual((await store.fleet.alerts({ limit: 10 })).items, []);
    });

    it('finds by selector, by text and by both, pages in any order, and counts facets', async () => {
      const store = await open();
      const catalogue = new Catalogue(store.fleet);
      for (let i = 0; i < 9; i++) {
        const clientId = await admit(store, `f${i}`);
        await store.labels.set({
          clientId,
          deviceId: null,
          labels: { site: i < 4 ? 'north' : 'south' },
          source: 'rule',
          actor: 'test',
          now: 1,
        });
        await report(
          store,
          clientId,
          { ...box, deviceId: `dev-${i}`, vendor: i % 2 ? 'Odd' : 'Even' },
          100 - i,
        );
      }
      const site = [{ on: 'label', key: 'site', operator: 'In', values: ['north'] }] as const;
      const ids = async (o: object, limit = 100): Promise<string[]> => {
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await searchDevices(store.fleet, catalogue, {
            sort: 'id',
            descending: false,
            limit,
            cursor,
            ...o,
          });
          found.push(...page.items.map((d) => d.deviceId));
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        return found;
      };
      assert.deepEqual(await ids({ selector: site }), ['dev-0', 'dev-1', 'dev-2', 'dev-3']);
      assert.deepEqual(await ids({ selector: site, text: 'odd' }), ['dev-1', 'dev-3']);
      assert.deepEqual(await ids({ text: 'DEV-7' }), ['dev-7']);
      assert.deepEqual(await ids({ text: 'site=south' }, 2), ['dev-4', 'dev-5', 'dev-6', 'dev-7', 'dev-8']);
      for (const sort of ['created', 'seen', 'changed'])
        assert.deepEqual(await ids({ sort }, 4), await ids({ sort: 'id', descending: true }, 2));
      assert.deepEqual(await ids({ selector: site, descending: true }, 3), [
        'dev-3',
        'dev-2',
        'dev-1',
        'dev-0',
      ]);
      await assert.rejects(
        searchDevices(store.fleet, catalogue, { sort: 'id', descending: false, limit: 1, cursor: 'x' }),
        /cursor/,
      );
      const whole = await countFacets(store.fleet, catalogue, {}, 200);
      const part = await countFacets(store.fleet, catalogue, { selector: site }, 200);
      assert.deepEqual(whole.facets['vendor'], [
        { value: 'Even', devices: 5 },
        { value: 'Odd', devices: 4 },
      ]);
      assert.deepEqual(whole.facets['label'], [
        { value: 'site=south', devices: 5 },
        { value: 'site=north', devices: 4 },
      ]);
      assert.deepEqual(whole.facets['lastSeen'], [{ value: 'last hour', devices: 9 }]);
      assert.deepEqual([whole.devices, part.devices], [9, 4]);
      assert.deepEqual(part.facets['architecture'], [{ value: 'amd64', devices: 4 }]);
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

    it('lets labels of the client hold for its devices, the device above the client, the operator above rules', async () => {
      const store = await open();
      const catalogue = new Catalogue(store.fleet);
      const clientId = await admit(store, 'l');
      const set = (
        deviceId: string | null,
        source: 'operator' | 'rule',
        labels: Record<string, string | null>,
      ) => store.labels.set({ clientId, deviceId, labels, source, actor: 'test', now: 1 });
      assert.equal(await set('gw', 'operator', { a: '1' }), 'not-found');
      assert.equal(await set(null, 'rule', { site: 'rule', zone: 'z' }), 'changed');
      await report(store, clientId, {
        ...box,
        extensions: { 'x-muster-extensions': { labels: { own: 'yes', 'bad key': 'x' } } },
      });
      const labels = async (): Promise<unknown> =>
        (await searchDevices(store.fleet, catalogue, { sort: 'id', descending: false, limit: 1 })).items[0]
          ?.labels;
      assert.deepEqual(await labels(), { own: 'yes', site: 'rule', zone: 'z' });
      await set(null, 'operator', { site: 'operator' });
      assert.deepEqual(await labels(), { own: 'yes', site: 'operator', zone: 'z' });
      await set('gw', 'rule', { site: 'device' });
      assert.deepEqual(await labels(), { own: 'yes', site: 'device', zone: 'z' });
      await set('gw', 'rule', { site: null });
      assert.equal(await set('gw', 'rule', { site: null }), 'unchanged');
      assert.deepEqual(await labels(), { own: 'yes', site: 'operator', zone: 'z' });
      await store.clients.setLabels(clientId, { line: '4' }, 'test', 3);
      assert.deepEqual(await labels(), { line: '4', own: 'yes', site: 'operator', zone: 'z' });
      await store.clients.delete(clientId, 'test', 9);
      assert.equal(await store.fleet.countDevices(), 0);
    });
  });
}
