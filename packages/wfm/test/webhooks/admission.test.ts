/** A webhook that is asked who gets in, through the real device listener; whatever it does not say clearly is a hold. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import { readAnswer } from '../../src/webhooks/answer.ts';
import { makeDeviceCa } from '../support/openssl.ts';
import {
  type Received,
  type Reply,
  startReceiver,
  type TestReceiver,
  verifyReceived,
} from '../support/receiver.ts';
import { type Answer, onboard, type Rig, startRig, type TestClient, testClient } from '../support/wfm.ts';

const says = (decision: string, more: object = {}): Reply => ({
  status: 200,
  body: JSON.stringify({ decision, reason: `It is ${decision}.`, ...more }),
});

describe('admission by webhook', () => {
  let rig: Rig;
  let receiver: TestReceiver;
  before(async () => {
    rig = await startRig({ admissionWebhookSeconds: 0.5, admissionWebhookRememberSeconds: 30 });
    receiver = await startReceiver();
    const { url, ca } = receiver;
    const body = { name: 'cmdb', kind: 'admission', url, ca };
    assert.equal((await rig.operator('POST', '/webhooks', body)).status, 201);
  });
  afterEach(() => {
    receiver.received.length = 0;
  });
  after(async () => {
    await rig.stop();
    await receiver.stop();
  });
  const asked = async (client: TestClient): Promise<Array<Record<string, unknown>>> => {
    const { body } = await rig.operator('GET', '/audit?limit=1000');
    const all = body['items'] as Array<{ action: string; subject: string; detail: Record<string, unknown> }>;
    return all
      .filter((e) => e.action === 'admission.asked' && e.subject === client.certificate.sha256)
      .map((e) => e.detail);
  };
  const requestOf = async (client: TestClient): Promise<Record<string, unknown>> =>
    (await rig.operator('GET', `/enrollments/${client.certificate.sha256}`)).body;

  it('lets in what it allows, with its labels, and the receipt says who decided under which rule', async () => {
    receiver.answer = () => says('allow', { labels: { site: 'plant7' } });
    const client = await testClient({ commonName: 'GW-7' });
    const answer = await onboard(rig, client);
    assert.equal(answer.status, 201, answer.text);
    const clientId = String(answer.body['clientId']);
    const shown = (await rig.operator('GET', `/clients/${clientId}`)).body;
    assert.deepEqual([shown['decidedBy'], shown['labels']], ['webhook cmdb', { site: 'plant7' }]);
    const receipt = await rig.operator('GET', `/clients/${clientId}/receipt`);
    assert.match(receipt.text, /webhook cmdb/);
    assert.match(receipt.text, /waits for an operator/);
    assert.equal((await onboard(rig, client)).body['clientId'], clientId);
    assert.equal(receiver.received.length, 1, 'a known key is not asked about');

    const request = receiver.received[0] as Received;
    const signer = (await rig.operator('GET', '/webhooks/cmdb')).body['signer'] as { certificate: string };
    await verifyReceived(request, receiver.host, signer.certificate);
    const question = request.json['question'] as Record<string, unknown>;
    assert.equal(question['fingerprint'], `sha256:${client.certificate.sha256}`);
    assert.equal(question['keyFingerprint'], `sha256:${client.keyid}`);
    assert.deepEqual(question['subject'], [{ type: 'CN', value: 'GW-7' }]);
    assert.deepEqual([question['keyType'], question['chain']], ['p256', null]);
    assert.equal((question['words'] as string[]).length, 6);
    assert.match(String(question['remoteAddress']), /127\.0\.0\.1/);
    assert.equal(question['certificate'], client.certificate.pem);
  });

  it('refuses what it denies, and asks once about a device that asks again', async () => {
    receiver.answer = () => says('deny');
    const client = await testClient();
    for (let i = 0; i < 3; i++) {
      const answer = await onboard(rig, client);
      assert.equal(answer.status, 403);
      assert.match(answer.text, /certificate-not-trusted/);
      assert.match(answer.text, /It is deny\./);
    }
    assert.equal(receiver.received.length, 1);
    assert.equal((await asked(client))[0]?.['decision'], 'deny');
  });

  it('holds what it holds; equal requests at once are one question; an operator decides as ever', async () => {
    receiver.answer = () => says('hold');
    const client = await testClient();
    const answers = await Promise.all([1, 2, 3, 4].map(() => onboard(rig, client)));
    for (const answer of answers) assert.match(answer.text, /client-approval-pending/);
    assert.equal(receiver.received.length, 1);
    assert.match(String((await requestOf(client))['holdReason']), /It is hold\./);
    const { body } = await rig.operator('POST', `/clients/${client.certificate.sha256}/approve`);
    assert.equal((await onboard(rig, client)).body['clientId'], body['clientId']);
  });

  for (const [what, reply, why] of [
    ['silence', { silent: true }, /no answer within 0.5 s/],
    ['a failure', { status: 500, body: '{"decision":"allow","reason":"x"}' }, /answered 500/],
    ['a redirect', { status: 307, headers: { location: '/' } }, /redirects are not followed/],
    ['no JSON', { status: 200, body: '<p>allow</p>' }, /no JSON/],
    ['another shape', says('yes'), /none of allow, hold, deny/],
    ['labels that cannot be', says('allow', { labels: { 'a b': 'c' } }), /labels/],
    [
      'too much',
      { status: 200, body: `{"decision":"allow","reason":"x"}${' '.repeat(70_000)}` },
      /larger than/,
    ],
  ] as const)
    it(`takes ${what} for a hold, and the audit log says why`, async () => {
      receiver.answer = () => reply;
      const client = await testClient();
      const began = Date.now();
      const answer = await onboard(rig, client);
      assert.ok(Date.now() - began < 3_000);
      assert.match(answer.text, /client-approval-pending/);
      const [entry] = await asked(client);
      assert.equal(entry?.['decision'], 'hold');
      assert.match(String(entry?.['reason']), why);
      assert.match(String((await requestOf(client))['holdReason']), why);
    });

  it('never overrides a rejection, nor one that comes while it is asked, nor a block', async () => {
    receiver.answer = () => says('allow');
    await rig.operator('POST', '/webhooks/cmdb/disable');
    const [rejected, blocked, race] = [await testClient(), await testClient(), await testClient()];
    for (const client of [rejected, blocked, race]) await onboard(rig, client);
    await rig.operator('POST', `/clients/${rejected.certificate.sha256}/reject`);
    await rig.operator('POST', `/clients/${blocked.certificate.sha256}/approve`);
    await rig.operator('POST', `/clients/${blocked.certificate.sha256}/block`);
    await rig.operator('POST', '/webhooks/cmdb/enable');
    assert.match((await onboard(rig, rejected)).text, /client-rejected/);
    assert.match((await onboard(rig, blocked)).text, /client-blocked/);
    assert.equal(receiver.received.length, 0);

    let rejection: Answer | undefined;
    receiver.answer = async () => {
      rejection = await rig.operator('POST', `/clients/${race.certificate.sha256}/reject`);
      return says('allow');
    };
    const answer = await onboard(rig, race);
    assert.equal(rejection?.status, 200);
    assert.equal(receiver.received.length, 1);
    assert.match(answer.text, /client-rejected/);
  });

  it('stands behind rules: quotas and two-person approval are not its to lift', async () => {
    receiver.answer = () => says('allow');
    const ca = makeDeviceCa();
    try {
      const certificates = ca.pem;
      await rig.operator('POST', '/device-authorities', { name: 'acme', certificates });
      const { body } = await rig.operator('GET', '/rules');
      const rule = { name: 'two', action: 'hold', reason: 'r', approvals: 2, match: { keyTypes: ['p384'] } };
      const capped = {
        name: 'capped',
        action: 'hold',
        reason: 'r',
        quota: 1,
        match: { subject: { CN: 'C-*' } },
      };
      const put = await rig.operator('PUT', '/rules', { version: body['version'], rules: [rule, capped] });
      assert.equal(put.status, 200, put.text);
      assert.match((await onboard(rig, await testClient({ type: 'p384' }))).text, /client-approval-pending/);
      assert.equal(receiver.received.length, 0);
      assert.equal((await onboard(rig, await testClient({ commonName: 'C-1' }))).status, 201);
      assert.match(
        (await onboard(rig, await testClient({ commonName: 'C-2' }))).text,
        /client-approval-pending/,
      );
      assert.equal(receiver.received.length, 1);
    } finally {
      ca.remove();
    }
  });

  it('is tested without consequences', async () => {
    receiver.answer = () => says('allow');
    const { body } = await rig.operator('POST', '/webhooks/cmdb/test');
    assert.deepEqual([body['isTaken'], body['decision']], [true, 'allow']);
    assert.equal((receiver.received[0] as Received).json['test'], true);
    receiver.answer = () => ({ status: 200, body: '{}' });
    const bad = (await rig.operator('POST', '/webhooks/cmdb/test')).body;
    assert.deepEqual([bad['isTaken'], bad['error']], [false, 'decision is none of allow, hold, deny.']);
  });

  it('is asked again when the time is over for which an answer is remembered', async () => {
    const other = await startRig({ admissionWebhookSeconds: 0.5, admissionWebhookRememberSeconds: 0.3 });
    try {
      const { url, ca } = receiver;
      await other.operator('POST', '/webhooks', { name: 'cmdb', kind: 'admission', url, ca });
      receiver.answer = () => says('hold');
      const client = await testClient();
      assert.equal((await onboard(other, client)).status, 403);
      await sleep(400);
      receiver.answer = () => says('allow');
      assert.equal((await onboard(other, client)).status, 201);
    } finally {
      await other.stop();
    }
  });
});

it('reads answers strictly', () => {
  assert.deepEqual(readAnswer('{"decision":"deny","reason":"r","more":1}'), {
    decision: 'deny',
    reason: 'r',
    labels: {},
  });
  for (const text of [
    '',
    'null',
    '[]',
    '"allow"',
    '{"decision":"allow"}',
    '{"decision":"ALLOW","reason":"r"}',
    '{"decision":"allow","reason":""}',
    '{"decision":"allow","reason":"a\\u001bb"}',
    '{"decision":"allow","reason":"r","labels":[]}',
    '{"decision":"allow","reason":"r","labels":{"a":1}}',
  ])
    assert.equal(typeof readAnswer(text), 'string', text);
});
