/** The inventory as operators see it: gateways and their children, labels, export, facets, drift, and when devices were seen. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { capabilities, onboard, signedSend, startRig, testClient } from '../support/wfm.ts';

const rig = await startRig({ admission: 'open' });
after(() => rig.stop());
const client = await testClient();
const { clientId } = (await onboard(rig, client)).body as { clientId: string };
const path = (id: string): string => `/api/v1/clients/${clientId}/capabilities/${id}`;
const put = async (id: string, change: Record<string, unknown> = {}): Promise<number> =>
  (await signedSend(rig, client, 'PUT', path(id), capabilities(id, change))).status;
const remove = async (id: string): Promise<number> =>
  (await signedSend(rig, client, 'DELETE', path(id), '')).status;
const ids = async (query = ''): Promise<string[]> =>
  ((await rig.operator('GET', `/devices?sort=id${query}`)).body['items'] as { deviceId: string }[]).map(
    (d) => d.deviceId,
  );

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('the inventory', () => {
  it('lets a child move to another gateway, without the labels that it had at the first', async () => {
    assert.equal(await put('gw1/cam'), 404);
    assert.deepEqual([await put('gw1'), await put('gw2'), await put('gw1/cam')], [201, 201, 201]);
    await rig.operator('POST', '/labels', { clientId, deviceId: 'gw1/cam', labels: { post: 'north' } });
    assert.deepEqual([await remove('gw1/cam'), await put('gw2/cam')], [204, 201]);
    assert.deepEqual(await ids(), ['gw1', 'gw2', 'gw2/cam']);
    assert.deepEqual(await ids('&selector=post'), []);
    const tree = (await rig.operator('GET', `/device-tree/${clientId}`)).body['devices'] as {
      deviceId: string;
      children: { deviceId: string }[];
    }[];
    assert.deepEqual(
      tree.map((n) => [n.deviceId, n.children.map((c) => c.deviceId)]),
      [
        ['gw1', []],
        ['gw2', ['gw2/cam']],
      ],
    );
  });

  it('takes so many labels at one place and no more, however they come', async () => {
    await put('gw4');
    const set = async (labels: Record<string, string | null>): Promise<number> =>
      (await rig.operator('POST', '/labels', { clientId, deviceId: 'gw4', labels })).status;
    const some = (from: number, to: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: to - from }, (_, i) => [`k${from + i}`, 'v']));
    assert.deepEqual(
      [await set(some(0, 40)), await set(some(20, 64)), await set(some(0, 64))],
      [200, 200, 200],
    );
    assert.deepEqual([await set({ more: 'v' }), await set(some(0, 65))], [422, 422]);
    assert.deepEqual([await set({ k0: null, more: 'v' }), await set({ k0: 'v' })], [200, 422]);
    assert.equal(await set({ ...some(0, 65), ...some(100, 170) }), 422);
    assert.equal(await remove('gw4'), 204);
  });

  it('removes what hangs on a device with it: children, labels, revisions, reservations, alerts', async () => {
    await put('gw3');
    await put('gw3/cam', { peripherals: [{ type: 'camera' }] });
    await rig.operator('POST', '/labels', { clientId, deviceId: 'gw3/cam', labels: { post: 'south' } });
    const application = 'requiredResources: {peripherals: [{type: camera}]}';
    const made = await rig.operator('POST', '/reservations', { application, clientId, deviceId: 'gw3/cam' });
    assert.equal(made.status, 201);
    await put('gw3/cam');
    const alerts = async (): Promise<object[]> =>
      (await rig.operator('GET', '/drift-alerts')).body['items'] as object[];
    assert.equal((await alerts()).length, 1);
    assert.equal(await remove('gw3'), 204);
    assert.deepEqual(await alerts(), []);
    assert.deepEqual((await rig.operator('GET', '/reservations')).body['items'], []);
    assert.equal((await rig.operator('GET', `/device-revisions/${clientId}/gw3/cam`)).status, 404);
    await put('gw3');
    await put('gw3/cam');
    assert.deepEqual(await ids('&selector=post'), []);
    assert.equal(await remove('gw3'), 204);
  });

  it('counts by every facet', async () => {
    const facets = (await rig.operator('GET', '/device-facets')).body['facets'] as Record<string, object[]>;
    assert.deepEqual(Object.keys(facets), [
      'vendor',
      'architecture',
      'runtime',
      'deploymentType',
      'peripheral',
      'label',
      'lastSeen',
    ]);
    assert.deepEqual(facets['runtime'], [{ value: 'oci', devices: 3 }]);
    assert.deepEqual(facets['lastSeen'], [{ value: 'last hour', devices: 3 }]);
  });

  it('exports as JSON Lines, and as CSV in which no value is run as a formula', async () => {
    const made = await put('sheet', { vendor: '=HYPERLINK("http://x")', modelNumber: '@SUM(A1)' });
    assert.equal(made, 201);
    const csv = (await rig.operator('GET', '/device-export?sort=id')).text;
    const [head = '', ...rows] = csv.trimEnd().split('\r\n');
    assert.match(head, /^clientId,deviceId,vendor,/);
    assert.equal(rows.length, 4);
    const row = rows.find((r) => r.includes('HYPERLINK')) ?? '';
    assert.ok(row.startsWith(`${clientId},sheet,"'=HYPERLINK(""http://x"")",'@SUM(A1),`), row);
    const lines = (await rig.operator('GET', '/device-export?format=jsonl')).text.trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as { deviceId: string });
    assert.deepEqual(parsed.map((d) => d.deviceId).sort(), ['gw1', 'gw2', 'gw2/cam', 'sheet']);
  });

  it('exports in the order that is asked for, and refuses one that there is not', async () => {
    const order = async (sort: string): Promise<string[]> =>
      (await rig.operator('GET', `/device-export?format=jsonl&sort=${sort}`)).text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { deviceId: string }).deviceId);
    assert.deepEqual(await order('-deviceId'), (await order('deviceId')).toReversed());
    for (const sort of ['constructor', 'toString', '-', 'price'])
      assert.equal((await rig.operator('GET', `/device-export?sort=${sort}`)).status, 400, sort);
    const paged = await rig.operator('GET', '/device-export?cursor=zz&limit=none');
    assert.equal(paged.text.trimEnd().split('\r\n').length, 5, 'an export has no pages');
  });

  it('says which orders there are, and what is wrong with an address', async () => {
    const detail = async (at: string): Promise<string> =>
      String((await rig.operator('GET', at)).body['detail']);
    assert.match(await detail('/devices?sort=price'), /sort must be one of createdAt, -createdAt, deviceId,/);
    assert.match(await detail('/devices/%ZZ/x'), /Write a percent sign as %25\.$/);
  });

  it('keeps each report exactly as it was received, with its digest, shape and time', async () => {
    const spaced = capabilities('kept').replaceAll(',', ' ,\n\t');
    const rc2b = spaced.replace('"cpus"', '"cpu"');
    for (const body of [spaced, rc2b])
      assert.ok((await signedSend(rig, client, 'PUT', path('kept'), body)).status < 300);
    const { items } = (await rig.operator('GET', `/device-revisions/${clientId}/kept`)).body as {
      items: { revision: number; document: string; digest: string; profile: string; at: string }[];
    };
    assert.deepEqual(
      items.map((r) => [r.revision, Buffer.from(r.document, 'base64').toString(), r.digest, r.profile]),
      [
        [2, rc2b, sha256(rc2b), 'rc.2b'],
        [1, spaced, sha256(spaced), 'rc.2c'],
      ],
    );
    for (const { at } of items) assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000, at);
    const device = (await rig.operator('GET', `/devices/${clientId}/kept`)).body;
    assert.deepEqual([device['revision'], device['digest']], [2, sha256(rc2b)]);
  });

  it('finds devices by the labels of admission, of operators and of their own', async () => {
    const ticket = (await rig.operator('POST', '/tickets', { labels: { batch: '7', site: 'a' } })).body;
    const other = await testClient();
    const admitted = await onboard(rig, other, {}, { body: { 'x-muster-ticket': ticket['ticket'] } });
    const own = String(admitted.body['clientId']);
    const report = JSON.parse(capabilities('labelled')) as object;
    const body = JSON.stringify({ ...report, 'x-muster-extensions': { labels: { line: '4', site: 'z' } } });
    const route = `/api/v1/clients/${own}/capabilities/labelled`;
    assert.equal((await signedSend(rig, other, 'PUT', route, body)).status, 201);
    await rig.operator('POST', '/labels', { clientId: own, labels: { batch: '8' } });
    const selected = (text: string): Promise<string[]> => ids(`&selector=${encodeURIComponent(text)}`);
    // What an operator says beats what a rule says, and either what the device says of itself.
    assert.deepEqual(await selected('batch=8, site=a, line in (3, 4)'), ['labelled']);
    assert.deepEqual(await selected('batch=7'), []);
  });

  it('knows after a restart when a client was seen last', async () => {
    const data = await mkdtemp(join(tmpdir(), 'muster-seen-'));
    const first = await startRig({ data, admission: 'open' });
    const seen = await testClient();
    const id = String((await onboard(first, seen)).body['clientId']);
    const route = `/api/v1/clients/${id}/capabilities/d`;
    assert.equal((await signedSend(first, seen, 'PUT', route, capabilities('d'))).status, 201);
    const before = Date.now();
    assert.equal((await signedSend(first, seen, 'PUT', route, capabilities('d'))).status, 200);
    await first.stop();
    const second = await startRig({ data, admission: 'open' });
    const { lastSeenAt } = (await second.operator('GET', `/clients/${id}`)).body;
    await second.stop();
    await rm(data, { recursive: true });
    assert.ok(Date.parse(String(lastSeenAt)) >= before, String(lastSeenAt));
  });
});
