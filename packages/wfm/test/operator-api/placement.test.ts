/** Inventory and placement through the real listeners: reports come in signed, operators ask. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { capabilities, onboard, signedSend, startRig, testClient } from '../support/wfm.ts';

const rig = await startRig({ admission: 'open' });
after(() => rig.stop());
const client = await testClient();
const { clientId } = (await onboard(rig, client)).body as { clientId: string };
const report = async (id: string, change: Record<string, unknown> = {}): Promise<void> => {
  const path = `/api/v1/clients/${clientId}/capabilities/${id}`;
  const answer = await signedSend(rig, client, 'PUT', path, capabilities(id, change));
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
};
await report('gw');
await report('gw/small', { memory: '2Gi', cpus: [{ cores: 2, architecture: 'arm64' }] });
await report('gw/cam', { peripherals: [{ type: 'camera' }] });

const application =
  'type: compose\nrequiredResources: {cpu: {cores: 2}, memory: 4Gi, peripherals: [{type: camera}]}';

describe('placement for operators', () => {
  it('answers with candidates, copies, nearest misses, and why the others cannot', async () => {
    const { status, body } = await rig.operator('POST', '/placement:query', { application });
    assert.equal(status, 200);
    assert.deepEqual([body['devices'], body['fitting'], body['copies'], body['enough']], [3, 1, 1, true]);
    assert.equal((body['candidates'] as { deviceId: string }[])[0]?.deviceId, 'gw/cam');
    assert.deepEqual(body['nearestMisses'], [{ devices: 1, lacks: 'camera', constraint: 'peripherals' }]);
    const notFitting = body['notFitting'] as {
      deviceId: string;
      whyNot: { unmet: { constraint: string }[] }[];
    }[];
    assert.deepEqual(
      notFitting.map((d) => [d.deviceId, d.whyNot[0]?.unmet.map((u) => u.constraint)]),
      [
        ['gw', ['peripherals']],
        ['gw/small', ['memory', 'peripherals']],
      ],
    );
  });

  it('takes the target from a deployment where it names a device, unless another is asked for', async () => {
    const deployment = (head: string, metadata: string, spec: string): string =>
      `${head}metadata: {name: v, namespace: n${metadata}}\nspec:\n  deploymentProfile:\n    type: compose\n    components:\n      - name: a\n        properties: {packageLocation: https://p.example/a.tar.gz}\n${spec}`;
    const kind = 'apiVersion: application.margo.org/v1alpha1\nkind: ApplicationDeployment\n';
    const id = '0b6f4a3e-5b0f-4a6d-9a55-2f9c1f0a7d11';
    const judged = async (text: string, target?: string): Promise<string[]> => {
      const answer = await rig.operator('POST', '/placement:query', { application: text, target });
      assert.equal(answer.status, 200, answer.text);
      return (answer.body['candidates'] as { deviceId: string }[]).map((c) => c.deviceId).sort();
    };
    const rc2 = (deviceId: string): string =>
      deployment(`${kind}id: ${id}\n`, `, deviceId: ${deviceId}`, '  applicationId: a\n');
    // rc.1 has its ids in the annotations, and names no device.
    const rc1 = deployment(kind, `, annotations: {id: ${id}, applicationId: a}`, '');
    assert.deepEqual(await judged(rc2('gw/cam')), ['gw/cam']);
    assert.deepEqual(await judged(rc2('gw/*')), ['gw/cam', 'gw/small']);
    assert.deepEqual(await judged(rc2('gw')), ['gw']);
    assert.deepEqual(await judged(rc2('elsewhere')), []);
    assert.deepEqual(await judged(rc2('gw/cam'), 'gw/small'), ['gw/small']);
    assert.deepEqual(await judged(rc1), ['gw', 'gw/cam', 'gw/small']);
  });

  it('answers what if: less needed, and a device that is not there yet', async () => {
    const { body } = await rig.operator('POST', '/placement:query', {
      application: 'type: compose\nrequiredResources: {memory: 16Gi}',
      whatIf: {
        memory: '8Gi',
        devices: [{ capabilities: JSON.parse(capabilities('new', { memory: '64Gi' })) as object }],
      },
    });
    assert.equal(body['fitting'], 0);
    const whatIf = body['whatIf'] as { fitting: number; copies: number };
    assert.deepEqual([whatIf.fitting, whatIf.copies], [3, 10]);
  });

  it('refuses a wrong application with every fault and its line, and a wrong selector', async () => {
    const wrong = await rig.operator('POST', '/placement:query', {
      application: 'type: x\nrequiredResources: {memory: 4}',
    });
    assert.equal(wrong.status, 422);
    assert.deepEqual(
      (wrong.body['errors'] as { field: string; line: number }[]).map((e) => [e.line, e.field]),
      [
        [1, 'type'],
        [2, 'requiredResources.memory'],
      ],
    );
    assert.equal((await rig.operator('GET', '/devices?selector=a%3D(')).status, 400);
    assert.equal((await rig.operator('GET', '/device-export?selector=a%3D(')).status, 400);
  });

  for (const [what, change, status, expected] of [
    ['a member that is not known', { selectr: 'site=plant7' }, 400, /body must not have selectr/],
    ['what if of something else', { whatIf: { cpu: 2 } }, 400, /body\/whatIf must not have cpu/],
    ['a device without capabilities', { whatIf: { devices: [{}] } }, 400, /devices\/0 must have required/],
    ['no label to spread over', { spread: '' }, 400, /body\/spread must NOT have fewer/],
    ['a star alone', { target: '*' }, 400, /The target is wrong.*gw\/\*/],
    ['a target with ..', { target: 'gw/../x' }, 400, /target.*must not have/],
    ['a pointer that is none', { selector: '/a~2=x' }, 400, /JSON Pointer/],
    ['a size to compare with that is none', { selector: '/memory>much' }, 400, /after > a number or a size/],
    ['a size that is none', { whatIf: { memory: 'much' } }, 422, /"field":"whatIf.memory"/],
    ['cores beyond millicores', { whatIf: { cores: 0.0001 } }, 422, /"field":"whatIf.cores"/],
    [
      'a wrong device that is not there yet',
      { whatIf: { storage: '9Ei', devices: [{ capabilities: {} }] } },
      422,
      /"whatIf.storage".*"whatIf.devices\[0\].kind"/,
    ],
  ] as const)
    it(`refuses ${what}, and says what is taken`, async () => {
      const refused = await rig.operator('POST', '/placement:query', { application, ...change });
      assert.equal(refused.status, status, refused.text);
      assert.match(refused.text, expected);
    });

  it('reserves by the first profile that the device has room for, and the same again is the same', async () => {
    const profile = (id: string, memory: string): string =>
      `  - id: ${id}\n    type: compose\n    components: [{name: a, properties: {packageLocation: https://p.example/a.tgz}}]\n    requiredResources: {memory: ${memory}}\n`;
    const two = `apiVersion: margo.org/v1-alpha1\nkind: ApplicationDescription\nmetadata: {id: a, name: a, version: '1', catalog: {organization: [{name: o}]}}\ndeploymentProfiles:\n${profile('large', '64Gi')}${profile('small', '1Gi')}`;
    const asked = { application: two, clientId, deviceId: 'gw/cam', seconds: 60 };
    const reservationId = '3a7d6a52-6c1e-4a53-9f3b-0d4a3f1f2b11';
    const made = await rig.operator('POST', '/reservations', { ...asked, reservationId });
    assert.equal(made.status, 201, made.text);
    assert.equal((made.body['requirement'] as { memory: string }).memory, '1Gi');
    const again = await rig.operator('POST', '/reservations', { ...asked, reservationId });
    assert.deepEqual([again.status, again.body], [200, made.body]);
    const other = { ...asked, application: two.replace('1Gi', '2Gi'), reservationId };
    assert.equal((await rig.operator('POST', '/reservations', other)).body['state'], 'reserved');
    const named = await rig.operator('POST', '/reservations', { ...asked, profile: 'large' });
    assert.equal(named.body['state'], 'no-room');
    const unknown = await rig.operator('POST', '/reservations', { ...asked, profile: 'middle' });
    assert.equal(unknown.status, 404);
    assert.match(unknown.text, /it has large, small.*--profile/);
    const mistyped = await rig.operator('POST', '/reservations', { ...asked, second: 5 });
    assert.match(mistyped.text, /body must not have second/);
    assert.equal((await rig.operator('DELETE', `/reservations/${reservationId}`)).status, 204);
  });

  it('explains one device, reserves, shows, and gives back', async () => {
    const asked = { application, clientId, deviceId: 'gw/cam' };
    assert.equal((await rig.operator('POST', '/placement:explain', asked)).body['fits'], true);
    const made = await rig.operator('POST', '/reservations', { ...asked, seconds: 600 });
    assert.equal(made.status, 201);
    const full = await rig.operator('POST', '/reservations', asked);
    assert.equal(full.status, 409);
    assert.match(
      String(full.body['detail']),
      /no room for it: requirements: peripherals: needs camera, offered camera; reserved of these: camera/,
    );
    const listed = (await rig.operator('GET', '/reservations')).body['items'] as object[];
    assert.equal(listed.length, 1);
    assert.equal((await rig.operator('POST', '/placement:query', { application })).body['fitting'], 0);
    const gone = await rig.operator('DELETE', `/reservations/${String(made.body['reservationId'])}`);
    assert.equal(gone.status, 204);
    assert.equal((await rig.operator('POST', '/placement:query', { application })).body['fitting'], 1);
    assert.equal(
      (await rig.operator('POST', '/placement:explain', { ...asked, deviceId: 'no' })).status,
      404,
    );
  });

  it('takes an application of one MiB, whatever of it is escaped, and says how much is too much', async () => {
    const text = `${application}\n${`#${'"'.repeat(98)}\n`.repeat(10_500)}`;
    const taken = await rig.operator('POST', '/placement:query', { application: text.slice(0, 1_048_576) });
    assert.equal(taken.status, 200, taken.text);
    const large = await rig.operator('POST', '/requirements', { name: 'large', application: text });
    assert.deepEqual(
      [large.status, large.body['detail']],
      [413, 'The body has more than 262144 bytes. Send less at once.'],
    );
  });

  it('labels, finds, counts, draws the tree, shows revisions and exports', async () => {
    const set = await rig.operator('POST', '/labels', { clientId, labels: { site: 'plant7' } });
    assert.equal(set.body['result'], 'changed');
    assert.equal((await rig.operator('POST', '/labels', { clientId, labels: { '=bad': 'x' } })).status, 422);
    const ids = async (query: string): Promise<string[]> =>
      ((await rig.operator('GET', `/devices?${query}`)).body['items'] as { deviceId: string }[]).map(
        (d) => d.deviceId,
      );
    assert.deepEqual(await ids('selector=site%3Dplant7&sort=id'), ['gw', 'gw/cam', 'gw/small']);
    assert.deepEqual(await ids('selector=%2Fmemory%3E4Gi&sort=-id'), ['gw/cam', 'gw']);
    const facets = (await rig.operator('GET', '/device-facets')).body['facets'] as Record<string, object[]>;
    assert.deepEqual(facets['label'], [{ value: 'site=plant7', devices: 3 }]);
    const tree = (await rig.operator('GET', `/device-tree/${clientId}`)).body['devices'] as {
      children: object[];
    }[];
    assert.equal(tree[0]?.children.length, 2);
    await report('gw/small', { memory: '1Gi', cpus: [{ cores: 2, architecture: 'arm64' }] });
    const { body } = await rig.operator('GET', `/device-revisions/${clientId}/gw/small`);
    assert.deepEqual((body['items'] as { change: string[] }[])[0]?.change, ['memory 2Gi → 1Gi']);
    const none = (await rig.operator('GET', '/drift-alerts')).body['items'];
    assert.deepEqual(none, []);
  });

  it('places the examples of this repository', async () => {
    for (const [name, status] of [
      ['visual-check.yaml', 200],
      ['line-dashboard.yaml', 200],
      ['requirements.json', 200],
    ] as const) {
      const text = readFileSync(
        new URL(`../../../../examples/applications/${name}`, import.meta.url),
        'utf8',
      );
      assert.equal(
        (await rig.operator('POST', '/placement:query', { application: text })).status,
        status,
        name,
      );
    }
  });
});
