import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  capabilities,
  onboard,
  type Rig,
  signedHeaders,
  signedSend,
  startRig,
  type TestClient,
  testClient,
} from '../support/wfm.ts';

describe('capabilities', () => {
  let rig: Rig;
  let client: TestClient;
  let path: string;
  before(async () => {
    rig = await startRig({ admission: 'open' });
    client = await testClient();
    path = `/api/v1/clients/${String((await onboard(rig, client)).body['clientId'])}/capabilities`;
  });
  after(() => rig.stop());
  const send = (method: string, tail: string, body?: string) =>
    signedSend(rig, client, method, path + tail, body);
  const fields = (body: Record<string, unknown>): string[] =>
    ((body['errors'] as { field: string }[] | undefined) ?? []).map((e) => e.field);

  it('tells creation from update on the device route, and POST always says 201', async () => {
    assert.equal((await send('PUT', '/a', capabilities('a'))).status, 201);
    assert.equal((await send('PUT', '/a', capabilities('a'))).status, 200);
    assert.equal((await send('POST', '/a', capabilities('a'))).status, 201);
    assert.equal((await send('DELETE', '/a')).status, 204);
    assert.equal((await send('DELETE', '/a')).status, 404);
  });

  it('a replayed report → 401, changes nothing and is told nothing that its client was told', async () => {
    const body = capabilities('once');
    const headers = signedHeaders(client, 'PUT', `${rig.url + path}/once`, body);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => rig.send({ method: 'PUT', path: `${path}/once`, headers, body })),
    );
    const [taken, ...others] = answers.sort((a, b) => a.status - b.status);
    assert.equal(taken?.status, 201);
    assert.notEqual(taken.headers['muster-continuity'], undefined);
    for (const other of others) {
      assert.deepEqual([other.status, other.body['check']], [401, 'replayed']);
      assert.equal(other.headers['muster-continuity'], undefined);
    }
    assert.equal((await send('DELETE', '/once')).status, 204);
  });

  it('rc.1: 201 for POST and PUT, and a new id replaces the old device', async () => {
    const rc1 = (id: string): string =>
      JSON.stringify({
        apiVersion: 'device.margo.org/v1alpha1',
        kind: 'DeviceCapabilitiesManifest',
        properties: {
          id,
          vendor: 'v',
          modelNumber: 'm',
          serialNumber: 's',
          roles: ['Standalone Device'],
          resources: {
            cpu: { cores: 2.5, architecture: 'x86_64' },
            memory: '4Gi',
            storage: '9Gi',
            peripherals: [],
            interfaces: [],
          },
        },
      });
    const other = await testClient();
    const own = `/api/v1/clients/${String((await onboard(rig, other)).body['clientId'])}/capabilities`;
    assert.equal((await signedSend(rig, other, 'POST', own, rc1('one'))).status, 201);
    assert.equal((await signedSend(rig, other, 'PUT', own, rc1('two'))).status, 201);
    const clientId = own.split('/')[4] ?? '';
    const { items } = (await rig.operator('GET', `/devices?clientId=${clientId}`)).body as {
      items: { deviceId: string; profile: string }[];
    };
    assert.deepEqual(
      items.map((d) => [d.deviceId, d.profile]),
      [['two', 'rc.1']],
    );
  });

  it('wants the gateway first, takes %2F and /, and removes children with it', async () => {
    const orphan = await send('PUT', '/gw/x', capabilities('gw/x'));
    assert.equal(orphan.status, 404);
    assert.equal(orphan.body['type'], 'urn:muster:problem:gateway-not-found');
    const relay = JSON.stringify({
      apiVersion: 'device.margo.org/v1alpha1',
      kind: 'DeviceCapabilitiesManifest',
      properties: { id: 'gw', vendor: 'v', modelNumber: 'm', serialNumber: 's' },
    });
    assert.equal((await send('PUT', '/gw', relay)).status, 201);
    assert.equal((await send('PUT', '/gw/x', capabilities('gw/x'))).status, 201);
    assert.equal((await send('PUT', '/gw%2Fx', capabilities('gw/x'))).status, 200);
    assert.equal((await send('DELETE', '/gw')).status, 204);
    assert.equal((await send('DELETE', '/gw/x')).status, 404);
  });

  it('names every wrong field at once', async () => {
    const answer = await send(
      'PUT',
      '/b',
      capabilities('b', {
        memory: '59GB',
        storage: '',
        cpus: [{ cores: 0 }, { cores: '4', architecture: 'vax' }],
        supportedRuntimes: [],
      }),
    );
    assert.equal(answer.status, 422);
    assert.deepEqual(fields(answer.body).sort(), [
      'properties.cpus[0].cores',
      'properties.cpus[1].architecture',
      'properties.cpus[1].cores',
      'properties.memory',
      'properties.storage',
      'properties.supportedRuntimes',
    ]);
    assert.equal((await rig.operator('GET', '/devices?text=59GB')).body['items']?.toString(), '');
  });

  const wrong: Array<[string, string, number]> = [
    ['another id than the path', capabilities('other'), 422],
    ['both cpu and cpus', capabilities('b', { cpu: [{ cores: 1 }] }), 422],
    ['an unknown root key', JSON.stringify({ ...(JSON.parse(capabilities('b')) as object), extra: 1 }), 422],
    [
      'an extension with a capital',
      JSON.stringify({ ...(JSON.parse(capabilities('b')) as object), 'x-Acme-extensions': {} }),
      422,
    ],
    [
      'an unknown apiVersion',
      JSON.stringify({ ...(JSON.parse(capabilities('b')) as object), apiVersion: 'v9' }),
      422,
    ],
    ['no object', '[]', 422],
    ['duplicate keys', '{"apiVersion":"a","apiVersion":"b"}', 400],
    ['no JSON', '{', 400],
    ['deep nesting', `${'['.repeat(5000)}${']'.repeat(5000)}`, 400],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('latin1'), 400],
  ];
  for (const [name, body, status] of wrong) {
    it(`refuses ${name} with ${status}`, async () => {
      // latin1 keeps the one deliberately broken body as it is.
      const bytes = name === 'invalid UTF-8' ? Buffer.from(body, 'latin1') : Buffer.from(body);
      const answer = await signedSend(rig, client, 'PUT', `${path}/b`, bytes as unknown as string);
      assert.equal(answer.status, status);
      assert.match(String(answer.body['type']), status === 400 ? /#malformed-json$/ : /\/semantic-error$/);
    });
  }

  it('refuses another content type, and . and .. in ids', async () => {
    assert.equal(
      (
        await signedSend(
          rig,
          client,
          'PUT',
          `${path}/b`,
          capabilities('b'),
          {},
          { 'Content-Type': 'text/plain' },
        )
      ).status,
      415,
    );
    for (const id of ['..', '.', 'a/../b', 'a//b']) {
      const answer = await send('PUT', `/${id.replaceAll('.', '%2E')}`, capabilities(id));
      assert.ok([404, 422].includes(answer.status), `${id}: ${answer.status}`);
    }
  });
});
