/** Drift by webhook: a device reports over signed requests, and a real HTTPS receiver is told, signed, once and in order. */
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { type Received, startReceiver, verifyReceived } from '../support/receiver.ts';
import { capabilities, onboard, signedSend, startRig, testClient } from '../support/wfm.ts';

interface Event {
  readonly seq: number;
  readonly action: string;
  readonly subject: string;
  readonly detail: Record<string, unknown>;
}
const eventOf = (request: Received): Event => request.json['event'] as Event;

const rig = await startRig({ admission: 'open', webhookRetrySeconds: 0.02, webhookTries: 3 });
const receiver = await startReceiver();
after(async () => {
  await rig.stop();
  await receiver.stop();
});

it('tells what a device has lost, what it lost besides, that it has all again, and that it is gone', async () => {
  const client = await testClient();
  const { clientId } = (await onboard(rig, client)).body as { clientId: string };
  const at = `/api/v1/clients/${clientId}/capabilities`;
  const report = async (id: string, change: object = {}): Promise<void> => {
    const answer = await signedSend(rig, client, 'PUT', `${at}/${id}`, capabilities(id, { ...change }));
    assert.ok(answer.status < 300, answer.text);
  };
  const camera = { peripherals: [{ type: 'camera' }] };
  await report('gw');
  await report('gw/cam', camera);
  const { url, ca } = receiver;
  const types = ['drift.', 'device.removed', 'reservation.lost'];
  const added = await rig.operator('POST', '/webhooks', { name: 'erp', url, ca, types });
  assert.equal(added.status, 201, added.text);
  const shown = (await rig.operator('GET', '/webhooks/erp')).body['signer'];
  const { certificate } = shown as { certificate: string };
  const application = 'requiredResources: {memory: 4Gi, peripherals: [{type: camera}]}';
  const required = await rig.operator('POST', '/requirements', { name: 'vision', application });
  assert.equal(required.status, 201, required.text);
  const planned = { application: 'requiredResources: {memory: 4Gi}', clientId, deviceId: 'gw/cam' };
  const reserved = await rig.operator('POST', '/reservations', planned);
  assert.equal(reserved.status, 201, reserved.text);

  let tries = 0;
  // The first try fails: the receiver is told again, and what came after waits for its turn.
  receiver.answer = () => (++tries === 1 ? { status: 503 } : {});
  await report('gw/cam');
  await receiver.until(2);
  await report('gw/cam', { memory: '2Gi' });
  await receiver.until(4);
  await report('gw/cam', camera);
  const got = await receiver.until(6);
  for (const request of got) await verifyReceived(request, receiver.host, certificate);
  const [first, ...told] = got.map(eventOf);
  assert.deepEqual(first, told[0], 'the same event was tried again');
  const subject = `${clientId}/gw/cam`;
  const lines = (events: readonly Event[]): string[] =>
    events.map((e) => `${e.action} ${String(e.detail['requirement'])}: ${String(e.detail['lost'])}`).sort();
  const [noCamera, noRoom] = ['peripherals: needs camera, offered none', 'memory: needs 4Gi, offered 2Gi'];
  assert.ok(told.every((e) => e.subject === subject && e.detail['deviceId'] === 'gw/cam'));
  assert.deepEqual(lines(told.slice(0, 1)), [`drift.raised vision: ${noCamera}`]);
  assert.deepEqual(lines(told.slice(1, 3)), [
    `drift.changed vision: ${noRoom},${noCamera}`,
    `drift.raised null: ${noRoom}`,
  ]);
  assert.deepEqual(lines(told.slice(3)), [
    `drift.resolved null: ${noRoom}`,
    `drift.resolved vision: ${noRoom},${noCamera}`,
  ]);
  const numbers = told.map((e) => e.seq);
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  );

  const gone = await signedSend(rig, client, 'DELETE', `${at}/gw/cam`);
  assert.equal(gone.status, 204, gone.text);
  const rest = (await receiver.until(8)).slice(6).map(eventOf);
  assert.deepEqual(rest.map((e) => [e.action, e.subject]).sort(), [
    ['device.removed', subject],
    ['reservation.lost', reserved.body['reservationId']],
  ]);
});
