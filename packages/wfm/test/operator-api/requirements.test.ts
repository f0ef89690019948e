/** Requirements through the real listeners: operators require, devices report, alerts and events tell. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { readEvents } from '../support/events.ts';
import { capabilities, onboard, signedSend, startRig, testClient } from '../support/wfm.ts';

const rig = await startRig({ admission: 'open' });
after(() => rig.stop());
const client = await testClient();
const { clientId } = (await onboard(rig, client)).body as { clientId: string };
const report = async (id: string, change: Record<string, unknown> = {}): Promise<void> => {
  const path = `/api/v1/clients/${clientId}/capabilities/${id}`;
  const answer = await signedSend(rig, client, 'PUT', path, capabilities(id, change));
  assert.ok(answer.status < 300, answer.text);
};
const withCamera = { peripherals: [{ type: 'camera' }] };
await report('gw');
await report('gw/cam', withCamera);

const application = 'type: compose\nrequiredResources: {memory: 4Gi, peripherals: [{type: camera}]}';
const asked = { name: 'vision', application, selector: '/vendor=V' };

describe('requirements', () => {
  it('are added once, and a name that is taken is a conflict that shows what is there', async () => {
    assert.equal((await rig.operator('POST', '/requirements', asked)).status, 201);
    const again = await rig.operator('POST', '/requirements', asked);
    assert.equal(again.status, 200);
    assert.deepEqual(
      [again.body['name'], again.body['application'], again.body['selector'], again.body['target']],
      ['vision', 'requirements', '/vendor=V', null],
    );
    const other = await rig.operator('POST', '/requirements', { ...asked, selector: 'site=a' });
    assert.deepEqual([other.status, other.body['state']], [409, 'present']);
    assert.deepEqual(other.body['present'], again.body);
    const listed = await rig.operator('GET', '/requirements?limit=1');
    assert.deepEqual([listed.body['items'], listed.body['nextCursor']], [[again.body], null]);
  });

  it('are refused with every fault and its line, and with a wrong selector', async () => {
    const post = (change: object) =>
      rig.operator('POST', '/requirements', { ...asked, name: 'no', ...change });
    const wrong = await post({ application: 'type: x\nrequiredResources: {memory: 4}' });
    assert.equal(wrong.status, 422);
    assert.deepEqual(
      (wrong.body['errors'] as { line: number }[]).map((e) => e.line),
      [1, 2],
    );
    assert.equal((await post({ selector: 'a=(' })).status, 400);
    assert.equal((await post({ name: '../x' })).status, 400);
    assert.equal((await rig.operator('GET', '/requirements/no')).status, 404);
    assert.equal((await rig.operator('DELETE', '/requirements/no')).status, 404);
  });

  it('show how many of the devices that are meant can host it now, and what the others lack', async () => {
    const { body } = await rig.operator('GET', '/requirements/vision');
    assert.deepEqual([body['document'], body['devices'], body['fitting']], [application, 2, 1]);
    assert.deepEqual(body['notFitting'], [{ clientId, deviceId: 'gw', lacks: ['camera'] }]);
  });

  it('say of a gateway that only relays that it takes no workloads, and nothing else', async () => {
    const { properties, ...envelope } = JSON.parse(capabilities('relay')) as { properties: object };
    const { id, vendor, modelNumber, serialNumber } = properties as Record<string, string>;
    const body = JSON.stringify({ ...envelope, properties: { id, vendor, modelNumber, serialNumber } });
    const path = `/api/v1/clients/${clientId}/capabilities/relay`;
    assert.equal((await signedSend(rig, client, 'PUT', path, body)).status, 201);
    const shown = (await rig.operator('GET', '/requirements/vision')).body['notFitting'] as {
      deviceId: string;
      lacks: string[];
    }[];
    assert.deepEqual(shown.find((d) => d.deviceId === 'relay')?.lacks, ['a device that takes workloads']);
    assert.equal((await signedSend(rig, client, 'DELETE', path, '')).status, 204);
  });

  it('raise an alert and an event when a device loses what is needed, and resolve both', async () => {
    const alerts = async (): Promise<Record<string, unknown>[]> =>
      (await rig.operator('GET', '/drift-alerts')).body['items'] as Record<string, unknown>[];
    const told = async (events: number): Promise<unknown[]> =>
      (await readEvents(rig, events, '?types=drift.&after=0')).map((e) => [
        e.event,
        e.detail['requirement'],
        e.detail['deviceId'],
      ]);
    await report('gw/cam');
    const [alert, ...more] = await alerts();
    assert.deepEqual(more, []);
    assert.deepEqual(
      [alert?.['requirement'], alert?.['reservationId'], alert?.['deviceId'], alert?.['lost']],
      ['vision', null, 'gw/cam', ['peripherals: needs camera, offered none']],
    );
    const raised = ['drift.raised', 'vision', 'gw/cam'];
    assert.deepEqual(await told(1), [raised]);
    await report('gw/cam', withCamera);
    assert.deepEqual(await alerts(), []);
    assert.deepEqual(await told(2), [raised, ['drift.resolved', 'vision', 'gw/cam']]);
    assert.equal((await rig.operator('GET', '/audit/verify')).body['ok'], true);
  });

  it('end with their alerts, which viewers may see but not end', async () => {
    await report('gw/cam');
    const made = await rig.operator('POST', '/tokens', { name: 'viewer', role: 'viewer' });
    const viewer = String(made.body['token']);
    assert.equal((await rig.operator('GET', '/requirements', undefined, viewer)).status, 200);
    assert.equal((await rig.operator('DELETE', '/requirements/vision', undefined, viewer)).status, 403);
    assert.equal((await rig.operator('DELETE', '/requirements/vision')).status, 204);
    assert.deepEqual((await rig.operator('GET', '/drift-alerts')).body['items'], []);
    const [added, removed] = await readEvents(rig, 2, '?types=requirement.&after=0');
    assert.deepEqual([added?.event, removed?.event], ['requirement.added', 'requirement.removed']);
  });
});
