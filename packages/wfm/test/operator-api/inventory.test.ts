/** The inventory as operators see it: gateways and their children, labels, export, facets, drift, and when devices were seen. */
import assert from 'node:assert/strict';
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
});
