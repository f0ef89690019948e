/** Search, facets and labels. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Catalogue } from '../../../src/fleet/catalogue.ts';
import { countFacets } from '../../../src/fleet/facets.ts';
import { searchDevices } from '../../../src/fleet/search.ts';
import { takeReport } from '../../../src/fleet/take-report.ts';
import { parseSelector } from '../../../src/placement/selector-text.ts';
import { admit, box, hostingOf, type Open, report } from './support.ts';

export function searchContract(open: Open): void {
  it('finds by values that hold commas and brackets, by empty labels, and takes no id that is none', async () => {
    const store = await open();
    const catalogue = new Catalogue(store.fleet);
    const clientId = await admit(store, 'quoted');
    await report(store, clientId, { ...box, deviceId: 'eu', vendor: 'Brennwald, Inc. (EU)' });
    await report(store, clientId, { ...box, deviceId: 'us', vendor: 'Brennwald' });
    const by = { clientId, source: 'operator', actor: 'test', now: 1 } as const;
    await store.labels.set({ ...by, deviceId: 'us', labels: { spare: '' } });
    const found = async (selector: string): Promise<string[]> => {
      const asked = { selector: parseSelector(selector), sort: 'id', descending: false, limit: 10 } as const;
      return (await searchDevices(store.fleet, catalogue, asked)).items.map((d) => d.deviceId);
    };
    assert.deepEqual(await found('/vendor="Brennwald, Inc. (EU)"'), ['eu']);
    assert.deepEqual(await found('/vendor notin ("Brennwald, Inc. (EU)", other)'), ['us']);
    assert.deepEqual([await found('spare=""'), await found('spare="x"')], [['us'], []]);
    for (const deviceId of ['gone//a', 'gone/', 'gone/..', Array(17).fill('a').join('/')]) {
      const body = Buffer.from(JSON.stringify({ properties: { id: deviceId } }));
      const taken = takeReport(store.devices, { clientId, deviceId, body, claim: () => null, now: 2 });
      await assert.rejects(taken, { code: 'semantic', message: /no device id/ }, deviceId);
    }
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

  it('counts by vendor, architecture, runtime, deployment type, peripheral, label and last sight, in all and in a part', async () => {
    const store = await open();
    const catalogue = new Catalogue(store.fleet);
    const clientId = await admit(store, 'facets');
    const hour = 3_600_000;
    const hosting = hostingOf(box);
    const now = 100 * 24 * hour;
    for (const [i, age] of [0, 2 * hour, 3 * 24 * hour, 10 * 24 * hour, 60 * 24 * hour].entries())
      await report(
        store,
        clientId,
        {
          ...box,
          deviceId: `d${i}`,
          vendor: i === 0 ? 'First' : 'Other',
          hosting: {
            ...hosting,
            cpuGroups: [{ milliCores: 1000, architecture: i < 2 ? 'arm64' : 'amd64' }, { milliCores: 500 }],
            peripherals: i === 4 ? [] : [{ type: 'camera' }, { type: 'camera' }, { type: 'gpu' }],
            deploymentTypes: i === 3 ? ['helm', 'compose'] : ['compose'],
          },
          extensions: { 'x-muster-extensions': { labels: { line: String(i % 2) } } },
        },
        now - age,
      );
    const { hosting: _, ...relay } = box;
    await report(store, clientId, { ...relay, deviceId: 'relay', vendor: 'Other' }, now);
    const facets = async (selector: string): Promise<Record<string, Record<string, number>>> => {
      const counted = await countFacets(store.fleet, catalogue, { selector: parseSelector(selector) }, now);
      return Object.fromEntries(
        Object.entries(counted.facets).map(([facet, values]) => [
          facet,
          Object.fromEntries(values.map(({ value, devices }) => [value, devices])),
        ]),
      );
    };
    assert.deepEqual(await facets(''), {
      vendor: { First: 1, Other: 5 },
      architecture: { arm64: 2, amd64: 3, unnamed: 5 },
      runtime: { oci: 5 },
      deploymentType: { compose: 5, helm: 1 },
      peripheral: { camera: 4, gpu: 4 },
      label: { 'line=0': 3, 'line=1': 2 },
      lastSeen: { 'last hour': 2, 'last day': 1, 'last week': 1, 'last month': 1, 'longer ago': 1 },
    });
    assert.deepEqual(await facets('line=1'), {
      vendor: { Other: 2 },
      architecture: { arm64: 1, amd64: 1, unnamed: 2 },
      runtime: { oci: 2 },
      deploymentType: { compose: 2, helm: 1 },
      peripheral: { camera: 2, gpu: 2 },
      label: { 'line=1': 2 },
      lastSeen: { 'last day': 1, 'last month': 1 },
    });
  });

  it('counts last sights in spans of time exactly, while devices come, are seen, change and go', async () => {
    const store = await open();
    const clientId = await admit(store, 'spans');
    const hour = 3_600_000;
    const seen = new Map<string, number>();
    const say = async (deviceId: string, now: number, vendor = 'Any'): Promise<void> => {
      await report(store, clientId, { ...box, deviceId, vendor }, now);
      seen.set(deviceId, now);
    };
    const spans = [
      { from: 0, to: null },
      { from: 0, to: 2 * hour },
      { from: hour, to: 3 * hour },
      { from: 2 * hour - 1, to: 2 * hour },
      { from: 2 * hour, to: 2 * hour + 1 },
      { from: 3 * hour + 1_234, to: null },
    ];
    const check = async (): Promise<void> =>
      assert.deepEqual(
        await store.fleet.countSeen(spans),
        spans.map(
          ({ from, to }) => [...seen.values()].filter((at) => at >= from && (to === null || at < to)).length,
        ),
      );
    await check();
    const times = [hour, 2 * hour - 1, 2 * hour, 2 * hour + 1, 3 * hour + 1_233, 3 * hour + 1_234];
    await Promise.all(times.map((at, i) => say(`d${i}`, at)));
    await check();
    await say('d0', 2 * hour);
    await check();
    await say('d1', 4 * hour, 'Another');
    await check();
    await store.devices.remove(clientId, 'd2', 5 * hour);
    seen.delete('d2');
    await check();
    await store.clients.delete(clientId, 'test', 6 * hour);
    seen.clear();
    await check();
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
      extensions: { 'x-muster-extensions': { labels: { own: 'yes', zone: 'stolen', 'bad key': 'x' } } },
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
}
