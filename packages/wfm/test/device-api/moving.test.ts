/** Retirement that a client learns of and confirms, and orders to move: what is on the wire, by a client that signs by hand. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { encodeJoinString } from '@muster/protocol';
import {
  type Answer,
  capabilities,
  onboard,
  type Rig,
  signedSend,
  startRig,
  type TestClient,
  testClient,
} from '../support/wfm.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const joinStringOf = (url: string, ticket?: string): string =>
  encodeJoinString(
    { urls: [url], pins: [`sha256:${'ab'.repeat(32)}`], ...(ticket === undefined ? {} : { ticket }) },
    sha256,
  );
const type = (answer: Answer): string => String(answer.body['type']);

describe('moving and leaving', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig({ admission: 'open' });
  });
  after(() => rig.stop());

  interface Client {
    readonly key: TestClient;
    readonly id: string;
    readonly proof: string;
  }
  async function joined(): Promise<Client> {
    const key = await testClient();
    const answer = await onboard(rig, key);
    return { key, id: String(answer.body['clientId']), proof: answer.headers['muster-continuity'] ?? '' };
  }
  const put = ({ key, id }: Client, headers: Record<string, string> = {}): Promise<Answer> =>
    signedSend(rig, key, 'PUT', `/api/v1/clients/${id}/capabilities/d`, capabilities('d'), {}, headers);
  const say = ({ key, id }: Client, body: unknown, as: TestClient = key): Promise<Answer> =>
    signedSend(rig, as, 'POST', `/api/v1/clients/${id}/acknowledgements`, JSON.stringify(body));
  const show = async ({ id }: Client): Promise<Record<string, unknown>> =>
    (await rig.operator('GET', `/clients/${id}`)).body;
  const orderOf = (answer: Answer): string[] => (answer.headers['muster-rebind'] ?? '').split(' ');

  it('tells a retired client so after a true signature only, and notes that it knows', async () => {
    const client = await joined();
    await rig.operator('POST', `/clients/${client.id}/retire`, { reason: 'scrapped' });
    const told = await put(client);
    assert.deepEqual(
      [told.status, type(told), told.body['detail'], told.headers['retry-after']],
      [403, 'urn:muster:problem:client-retired', 'scrapped', undefined],
    );
    const stranger = await put({ ...client, key: await testClient() });
    assert.equal(stranger.status, 401);
    assert.doesNotMatch(stranger.text, /retired|scrapped/);
    const forged = await say(client, { about: 'retirement' }, await testClient());
    assert.equal(forged.status, 401);
    assert.equal((await show(client))['acknowledgedAt'], null);
    assert.equal((await say(client, { about: 'retirement' })).status, 204);
    const { acknowledgedAt, retiredReason } = await show(client);
    assert.equal(retiredReason, 'scrapped');
    assert.match(String(acknowledgedAt), /^20/);
    assert.equal((await say(client, { about: 'retirement' })).status, 204, 'again changes nothing');
    assert.equal((await show(client))['acknowledgedAt'], acknowledgedAt);
    assert.equal(type(await onboard(rig, client.key)), 'urn:muster:problem:client-retired');
    await rig.operator('POST', `/clients/${client.id}/readmit`);
    assert.equal((await put(client)).status, 201);
    assert.deepEqual(
      [(await show(client))['acknowledgedAt'], (await show(client))['retiredReason']],
      [null, null],
    );
  });

  it('tells a blocked client so, takes no acknowledgement from it, and goes on after the unblock', async () => {
    const client = await joined();
    await rig.operator('POST', `/clients/${client.id}/block`, { reason: 'stolen' });
    assert.equal(type(await put(client)), 'urn:muster:problem:client-blocked');
    assert.equal((await say(client, { about: 'retirement' })).status, 403);
    await rig.operator('POST', `/clients/${client.id}/unblock`);
    assert.equal((await put(client)).status, 201);
    assert.equal((await say(client, { about: 'retirement' })).status, 409);
  });

  it('refuses acknowledgements that are none, by the field', async () => {
    const client = await joined();
    const bad: Array<[unknown, string]> = [
      [{}, 'about'],
      [{ about: 'rebind', state: 'moved' }, 'orderId'],
      [{ about: 'rebind', orderId: '0'.repeat(36), state: 'bored' }, 'state'],
      [{ about: 'rebind', orderId: '0'.repeat(36), state: 'failed', reason: 'x'.repeat(501) }, 'reason'],
      [[], 'about'],
    ];
    for (const [body, field] of bad) {
      const answer = await say(client, body);
      const errors = answer.body['errors'] as Array<{ field: string }>;
      assert.deepEqual([answer.status, errors.some((e) => e.field === field)], [400, true], answer.text);
    }
    const wrongMethod = await rig.send({
      method: 'GET',
      path: `/api/v1/clients/${client.id}/acknowledgements`,
    });
    assert.deepEqual([wrongMethod.status, wrongMethod.headers['allow']], [405, 'POST']);
  });

  it('sends a client elsewhere with its next answer, hides that from other makers, and retires it once it has moved', async () => {
    const client = await joined();
    const joinString = joinStringOf('https://other.example', 'mt_secret');
    const ordered = await rig.operator('POST', `/clients/${client.id}/rebind`, { joinString });
    assert.deepEqual([ordered.status, (ordered.body['rebind'] as { state: string }).state], [200, 'ordered']);
    const again = await rig.operator('POST', `/clients/${client.id}/rebind`, { joinString });
    assert.deepEqual(again.body['rebind'], ordered.body['rebind'], 'the same order again changes nothing');
    assert.doesNotMatch(ordered.text, /muster1|mt_secret/, 'operators see where to, not the ticket');
    assert.equal((await put(client)).headers['muster-rebind'], undefined, 'another maker');
    const proof = { 'muster-continuity': client.proof };
    const [orderId = '', sent] = orderOf(await put(client, proof));
    assert.equal(sent, joinString);
    assert.equal(((await show(client))['rebind'] as { state: string }).state, 'told');
    const stranger = await say(client, { about: 'rebind', orderId, state: 'moved' }, await testClient());
    assert.equal(stranger.status, 401);
    assert.equal((await say(client, { about: 'rebind', orderId, state: 'accepted' })).status, 204);
    assert.equal((await show(client))['state'], 'active');
    assert.equal(orderOf(await put(client, proof))[0], orderId, 'also while it is on its way');
    assert.equal((await say(client, { about: 'rebind', orderId, state: 'moved' })).status, 204);
    assert.equal((await say(client, { about: 'rebind', orderId, state: 'moved' })).status, 204);
    const gone = await show(client);
    assert.deepEqual(
      [gone['state'], gone['retiredReason'], (gone['rebind'] as { state: string }).state],
      ['retired', 'moved to https://other.example', 'moved'],
    );
    assert.ok(gone['acknowledgedAt']);
    assert.equal(type(await put(client, proof)), 'urn:muster:problem:client-retired');
    const { items } = (await rig.operator('GET', '/audit?limit=1000')).body as {
      items: Array<{ action: string; actor: string; subject: string; detail: object }>;
    };
    const own = items.filter((e) => e.subject === client.id && /rebind/.test(e.action));
    assert.deepEqual(
      own.map((e) => [e.action, e.actor]),
      [
        ['client.rebindOrdered', 'admin'],
        ['client.rebindAccepted', `client ${client.id}`],
        ['client.rebindMoved', `client ${client.id}`],
      ],
    );
    assert.doesNotMatch(JSON.stringify(own), /muster1|mt_secret/);
  });

  it('says why a client did not move, and takes an order back', async () => {
    const client = await joined();
    const proof = { 'muster-continuity': client.proof };
    const order = (url: string): Promise<Answer> =>
      rig.operator('POST', `/clients/${client.id}/rebind`, { joinString: joinStringOf(url), reason: 'sold' });
    await order('https://a.example');
    const other = await order('https://b.example');
    assert.deepEqual(
      [other.status, (other.body['rebind'] as { state: string; to: string }).to],
      [409, 'https://a.example'],
    );
    const [orderId = ''] = orderOf(await put(client, proof));
    await say(client, { about: 'rebind', orderId, state: 'failed', reason: 'it did not let this device in' });
    const failed = (await show(client))['rebind'] as { state: string; reason: string };
    assert.deepEqual([failed.state, failed.reason], ['failed', 'it did not let this device in']);
    assert.equal((await put(client, proof)).headers['muster-rebind'], undefined);
    const tooLate = await rig.operator('DELETE', `/clients/${client.id}/rebind`);
    assert.equal(tooLate.status, 409);
    assert.equal((await order('https://b.example')).status, 200);
    const cancelled = await rig.operator('DELETE', `/clients/${client.id}/rebind`);
    assert.equal((cancelled.body['rebind'] as { state: string }).state, 'cancelled');
    assert.equal((await rig.operator('DELETE', `/clients/${client.id}/rebind`)).status, 200, 'idempotent');
    assert.equal((await put(client, proof)).headers['muster-rebind'], undefined);
    assert.equal((await say(client, { about: 'rebind', orderId, state: 'accepted' })).status, 409);
    for (const joinString of [
      'nonsense',
      `${joinStringOf('https://x.example').slice(0, -1)}!`,
      joinStringOf('http://plain.example'),
      rig.wfm.joinString,
    ])
      assert.equal((await rig.operator('POST', `/clients/${client.id}/rebind`, { joinString })).status, 422);
    const long = joinStringOf(`https://${'x'.repeat(4_000)}.example`);
    assert.equal(
      (await rig.operator('POST', `/clients/${client.id}/rebind`, { joinString: long })).status,
      400,
    );
    await rig.operator('POST', `/clients/${client.id}/block`);
    const blocked = await order('https://b.example');
    assert.deepEqual([blocked.status, blocked.body['state']], [409, 'blocked']);
  });
});
