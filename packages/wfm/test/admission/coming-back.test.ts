/** The lanes of coming back (docs/lifecycle.md), each through the real listener. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { selfSignedDeviceCertificate } from '@muster/pki';
import { createPublicKey } from 'node:crypto';
import { makeDeviceCa } from '../support/openssl.ts';
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

const type = (answer: Answer): string => String(answer.body['type']).split(/[:/]/).at(-1) ?? '';
const proofOf = (answer: Answer): string => answer.headers['muster-continuity'] ?? '';
const idOf = (answer: Answer): string => String(answer.body['clientId']);

async function renewed(client: TestClient, days = 100): Promise<TestClient> {
  const keys = { privateKey: client.privateKey, publicKey: createPublicKey(client.privateKey) };
  const certificate = await selfSignedDeviceCertificate({
    keys,
    commonName: 'test device',
    notBefore: new Date(Date.now() - 86_400_000),
    days,
  });
  return { ...client, certificate };
}

describe('coming back', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig({ admission: 'open', continuitySeconds: 0, rotationOverlapSeconds: 3 });
  });
  after(() => rig.stop());
  const put = (client: TestClient, clientId: string, proof?: string): Promise<Answer> =>
    signedSend(
      rig,
      client,
      'PUT',
      `/api/v1/clients/${clientId}/capabilities/dev`,
      capabilities('dev'),
      {},
      proof === undefined ? {} : { 'muster-continuity': proof },
    );

  it('after a lost reply or with wiped state: the same key gets the same clientId', async () => {
    const client = await testClient();
    const first = await onboard(rig, client);
    const second = await onboard(rig, client);
    assert.deepEqual([second.status, idOf(second)], [201, idOf(first)]);
  });

  it('with another certificate of the same key, also after the first has expired', async () => {
    const client = await testClient({ notBefore: new Date(Date.now() - 86_400_000), days: 1.0001 });
    const first = await onboard(rig, client);
    assert.equal(first.status, 201);
    const next = await renewed(client);
    assert.equal(idOf(await onboard(rig, next)), idOf(first));
    assert.equal((await put(next, idOf(first))).status, 201);
  });

  it('with a new key that both keys have signed: the clientId stays, the old key counts for a while, then never again', async () => {
    const old = await testClient();
    const clientId = idOf(await onboard(rig, old));
    const next = await testClient();
    const wrong = await onboard(rig, next, {}, { second: { by: await testClient(), keyid: clientId } });
    assert.deepEqual([wrong.status, type(wrong)], [401, 'signature-verification-failed']);
    const rotated = await onboard(rig, next, {}, { second: { by: old, keyid: clientId } });
    assert.deepEqual([rotated.status, idOf(rotated)], [201, clientId]);
    const again = await onboard(rig, next, {}, { second: { by: old, keyid: clientId } });
    assert.deepEqual([again.status, idOf(again)], [201, clientId], 'the reply was lost');
    assert.equal((await put(next, clientId)).status, 201);
    assert.equal((await put(old, clientId)).status, 200, 'within the overlap');
    assert.equal(idOf(await onboard(rig, old)), clientId, 'as a device that has missed the answer');
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    assert.equal((await put(old, clientId)).status, 401);
    const back = await onboard(rig, old);
    assert.deepEqual([back.status, type(back)], [403, 'client-rejected']);
    assert.equal((await put(next, clientId)).status, 200);
  });

  it('not with the key of another client, nor for a blocked one', async () => {
    const [a, b] = [await testClient(), await testClient()];
    const [idA, idB] = [idOf(await onboard(rig, a)), idOf(await onboard(rig, b))];
    const stolen = await onboard(rig, b, {}, { second: { by: a, keyid: idA } });
    assert.deepEqual([stolen.status, type(stolen)], [403, 'client-rejected']);
    assert.equal(idOf(await onboard(rig, b)), idB);
    await rig.operator('POST', `/clients/${idA}/block`);
    const blocked = await onboard(rig, await testClient(), {}, { second: { by: a, keyid: idA } });
    assert.deepEqual([blocked.status, type(blocked)], [403, 'client-blocked']);
  });

  it('as replacement hardware with a one-time ticket: it takes the identity over, and the old key is out', async () => {
    const old = await testClient();
    const clientId = idOf(await onboard(rig, old));
    const made = await rig.operator('POST', '/tickets', { clientId });
    const ticket = String(made.body['ticket']);
    const [next, third] = [await testClient(), await testClient()];
    const taken = await onboard(rig, next, {}, { body: { 'x-muster-ticket': ticket } });
    assert.deepEqual([taken.status, idOf(taken)], [201, clientId]);
    assert.equal((await put(old, clientId)).status, 401);
    assert.equal((await put(next, clientId)).status, 201);
    const twice = await onboard(rig, third, {}, { body: { 'x-muster-ticket': ticket } });
    assert.deepEqual([twice.status, type(twice)], [403, 'client-rejected']);
    const repeated = await onboard(rig, next, {}, { body: { 'x-muster-ticket': ticket } });
    assert.deepEqual([repeated.status, idOf(repeated)], [201, clientId], 'the reply was lost');
    const forged = await onboard(rig, third, {}, { body: { 'x-muster-ticket': 'mt_guess' } });
    assert.equal(forged.status, 403);
    assert.equal((await rig.operator('POST', '/tickets', { clientId, uses: 2 })).status, 409);
  });

  it('not with a ticket that was taken back', async () => {
    const { body } = await rig.operator('POST', '/tickets', { note: 'lost on the way' });
    const listed = await rig.operator('GET', '/tickets?state=open&sort=-createdAt&limit=1');
    assert.ok(!listed.text.includes(String(body['ticket'])), 'it is shown once');
    const [first] = listed.body['items'] as Array<{ ticketId: string; note: string }>;
    assert.deepEqual([first?.ticketId, first?.note], [body['ticketId'], 'lost on the way']);
    assert.equal((await rig.operator('DELETE', `/tickets/${String(body['ticketId'])}`)).status, 204);
    const extra = { body: { 'x-muster-ticket': String(body['ticket']) } };
    const refused = await onboard(rig, await testClient(), {}, extra);
    assert.equal(refused.status, 403, refused.text);
  });

  it('one ticket lets one of many racing devices in', async () => {
    const { body } = await rig.operator('POST', '/tickets', { labels: { batch: '7' } });
    const devices = await Promise.all(Array.from({ length: 10 }, () => testClient()));
    const answers = await Promise.all(
      devices.map((d) => onboard(rig, d, {}, { body: { 'x-muster-ticket': body['ticket'] } })),
    );
    const winners = answers.filter((a) => a.status === 201);
    assert.equal(winners.length, 1);
    const client = await rig.operator('GET', `/clients/${idOf(winners[0] as Answer)}`);
    assert.deepEqual([client.body['rule'], client.body['labels']], ['ticket', { batch: '7' }]);
  });

  it('with a cloned key: the second history raises an alarm and holds, and a human decides', async () => {
    const client = await testClient();
    const first = await onboard(rig, client);
    const clientId = idOf(first);
    let [mine, clone] = [proofOf(first), proofOf(first)];
    let alarmed = false;
    for (let i = 0; i < 4 && !alarmed; i++) {
      const a = await put(client, clientId, mine);
      mine = proofOf(a);
      const b = await put(client, clientId, clone);
      clone = proofOf(b);
      alarmed = [a, b].some((answer) => answer.status === 403);
    }
    assert.ok(alarmed, 'two histories were noticed');
    const held = await rig.operator('GET', `/clients/${clientId}`);
    assert.equal(held.body['state'], 'blocked');
    assert.match(String(held.body['blockedReason']), /cloned key/);
    assert.equal((await put(client, clientId)).status, 403);
    assert.equal((await rig.operator('POST', `/clients/${clientId}/unblock`)).status, 200);
    assert.equal((await put(client, clientId, mine)).status, 200);
  });

  it('alone, with answers lost now and then: no alarm', async () => {
    const client = await testClient();
    const first = await onboard(rig, client);
    let proof = proofOf(first);
    for (let i = 0; i < 12; i++) {
      const answer = await put(client, idOf(first), proof);
      assert.ok(answer.status < 300, `${i}: ${JSON.stringify(answer.body)}`);
      if (i % 3 !== 1) proof = proofOf(answer);
    }
  });

  it('with a certificate that was replaced: somebody has an old copy of the device', async () => {
    const a = await testClient();
    const clientId = idOf(await onboard(rig, a));
    const b = await renewed(a);
    assert.equal(idOf(await onboard(rig, b)), clientId);
    const back = await onboard(rig, a);
    assert.deepEqual([back.status, type(back)], [403, 'client-blocked']);
    assert.match(String(back.body['detail']), /cloned key/);
  });

  it('after retirement only by a new decision, under the same clientId', async () => {
    const client = await testClient();
    const clientId = idOf(await onboard(rig, client));
    await rig.operator('POST', `/clients/${clientId}/retire`, { reason: 'scrapped' });
    assert.equal((await put(client, clientId)).status, 403);
    const back = await onboard(rig, client);
    assert.deepEqual(
      [back.status, type(back), back.headers['retry-after']],
      [403, 'client-retired', undefined],
    );
    assert.equal((await rig.operator('POST', `/clients/${clientId}/block`)).status, 409);
    await rig.operator('POST', `/clients/${clientId}/readmit`);
    assert.equal(idOf(await onboard(rig, client)), clientId);
  });
});

describe('coming back with a new key of a known machine', () => {
  it('is proposed to the operator, who merges it into the client', async () => {
    const rig = await startRig();
    const ca = makeDeviceCa();
    await rig.operator('POST', '/device-authorities', { name: 'acme', certificates: ca.pem });
    const rules = [{ name: 'acme', action: 'allow', reason: 'ours', match: { authority: 'acme' } }];
    await rig.operator('PUT', '/rules', { version: 0, rules });
    const old = ca.issue({ subject: '/O=ACME/CN=GW-1' });
    const first = await onboard(rig, old);
    assert.equal(first.status, 201);
    const next = ca.issue({ subject: '/O=ACME/CN=GW-1' });
    const held = await onboard(rig, next);
    assert.deepEqual([held.status, type(held)], [403, 'client-approval-pending']);
    const request = await rig.operator('GET', `/enrollments/${String(held.body['enrollmentId'])}`);
    assert.equal(request.body['looksLike'], idOf(first));
    const merged = await rig.operator('POST', `/enrollments/${String(held.body['enrollmentId'])}/approve`, {
      into: idOf(first),
    });
    assert.deepEqual([merged.status, merged.body['clientId']], [200, idOf(first)]);
    assert.equal(idOf(await onboard(rig, next)), idOf(first));
    assert.equal((await onboard(rig, old)).status, 403);
    const list = await rig.operator('GET', '/clients');
    assert.equal((list.body['items'] as unknown[]).length, 1);
    await rig.stop();
    ca.remove();
  });
});

describe('coming back to a WFM that was restored from a backup', () => {
  it('gives forgotten clients the clientId they had, by their own proof, and to nobody else', async () => {
    const root = await mkdtemp(join(tmpdir(), 'muster-backup-'));
    const [data, backup] = [join(root, 'data'), join(root, 'backup')];
    let rig = await startRig({ data, admission: 'open', continuitySeconds: 0 });
    const known = await testClient();
    const before = await onboard(rig, known);
    await rig.stop();
    await cp(data, backup, { recursive: true });
    rig = await startRig({ data, admission: 'open', continuitySeconds: 0 });
    const late = await testClient();
    const lost = await onboard(rig, late);
    const path = `/api/v1/clients/${idOf(before)}/capabilities/dev`;
    const sent = await signedSend(
      rig,
      known,
      'PUT',
      path,
      capabilities('dev'),
      {},
      { 'muster-continuity': proofOf(before) },
    );
    await rig.stop();

    rig = await startRig({ data: backup, admission: 'closed', continuitySeconds: 0 });
    const stranger = await testClient();
    const copied = await onboard(rig, stranger, {}, { body: { 'x-muster-continuity': proofOf(lost) } });
    assert.equal(copied.status, 403, 'the proof of another key proves nothing');
    const back = await onboard(rig, late, {}, { body: { 'x-muster-continuity': proofOf(lost) } });
    assert.deepEqual([back.status, idOf(back)], [201, idOf(lost)]);
    const ahead = await signedSend(
      rig,
      known,
      'PUT',
      path,
      capabilities('dev'),
      {},
      { 'muster-continuity': proofOf(sent) },
    );
    assert.ok(ahead.status < 300, 'the client remembers more than the WFM: no alarm');
    await rig.stop();
    await rm(root, { recursive: true, force: true });
  });
});
