import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decodeCertificates } from '@muster/pki';
import { capabilities, onboard, type Rig, signedSend, startRig, testClient } from '../support/wfm.ts';

describe('onboarding', () => {
  let open: Rig;
  before(async () => {
    open = await startRig({ admission: 'open' });
  });
  after(() => open.stop());

  it('gives the root CA to anybody, and says that a nonce is welcome', async () => {
    const answer = await open.send({ method: 'GET', path: '/api/v1/onboarding/certificate' });
    assert.equal(answer.status, 200);
    const [ca] = decodeCertificates(String(answer.body['certificate']));
    assert.equal(`sha256:${ca?.sha256}`, open.wfm.caPin);
    assert.match(answer.headers['accept-signature'] ?? '', /;nonce$/);
  });

  it('gives the root CA as DER where that was asked for', async () => {
    const rig = await startRig({ certificateForm: 'base64-der' });
    const answer = await rig.send({ method: 'GET', path: '/api/v1/onboarding/certificate' });
    await rig.stop();
    const der = Buffer.from(String(answer.body['certificate']), 'base64');
    assert.equal(`sha256:${createHash('sha256').update(der).digest('hex')}`, rig.wfm.caPin);
  });

  for (const type of ['p256', 'p384', 'rsa2048'] as const) {
    it(`lets a ${type} client in and knows it again`, async () => {
      const client = await testClient({ type });
      const first = await onboard(open, client);
      const second = await onboard(open, client);
      assert.equal(first.status, 201);
      assert.match(String(first.body['clientId']), /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
      assert.deepEqual(second.body, first.body);
    });
  }

  it('gives one clientId to 100 identical requests at once, even byte for byte the same', async () => {
    const client = await testClient();
    const created = Math.floor(Date.now() / 1000);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => onboard(open, client, { created, nonce: null })),
    );
    assert.deepEqual([...new Set(answers.map((a) => a.status))], [201]);
    assert.equal(new Set(answers.map((a) => a.body['clientId'])).size, 1);
  });

  it('holds, tells the operator, and lets in after approval with one clientId for good', async () => {
    const rig = await startRig({ admission: 'hold', holdSeconds: 5 });
    try {
      const client = await testClient();
      const waiting = onboard(rig, client);
      let pending: Record<string, unknown>[] = [];
      while (pending.length === 0)
        pending = (await rig.operator('GET', '/enrollments?state=pending')).body['items'] as Record<
          string,
          unknown
        >[];
      assert.equal((pending[0]?.['words'] as string[] | undefined)?.length, 6);
      const approved = await rig.operator(
        'POST',
        `/enrollments/${client.certificate.sha256.slice(0, 16)}/approve`,
      );
      assert.equal(approved.status, 200);
      const answer = await waiting;
      assert.equal(answer.status, 201);
      assert.equal(answer.body['clientId'], approved.body['clientId']);
      assert.equal(
        (await rig.operator('POST', `/enrollments/${client.certificate.sha256}/approve`)).status,
        200,
      );
      const conflict = await rig.operator('POST', `/enrollments/${client.certificate.sha256}/reject`);
      assert.equal(conflict.status, 409);
      assert.equal(conflict.body['state'], 'approved');
    } finally {
      await rig.stop();
    }
  });

  it('answers pending with Retry-After, and rejected without', async () => {
    const rig = await startRig({ admission: 'hold' });
    try {
      const client = await testClient();
      const pending = await onboard(rig, client);
      assert.equal(pending.status, 403);
      assert.equal(pending.headers['retry-after'], '1');
      assert.equal(pending.body['error'], 'Client approval pending');
      assert.equal(pending.body['type'], 'urn:muster:problem:client-approval-pending');
      await rig.operator('POST', `/clients/${client.certificate.sha256}/reject`);
      const rejected = await onboard(rig, client);
      assert.equal(rejected.status, 403);
      assert.equal(rejected.headers['retry-after'], undefined);
      assert.equal(rejected.body['error'], 'Client rejected');
    } finally {
      await rig.stop();
    }
  });

  it('closed admission lets in what was pre-authorised, by certificate or key, and nobody else', async () => {
    const rig = await startRig({ admission: 'closed' });
    try {
      const [byCertificate, byKey, stranger] = await Promise.all([testClient(), testClient(), testClient()]);
      const items = [
        { certificate: byCertificate.certificate.pem },
        { fingerprint: `sha256:${byKey.certificate.spkiSha256}`, kind: 'key' },
      ];
      assert.deepEqual((await rig.operator('POST', '/preauthorizations', { items })).body['added'], 2);
      assert.equal((await onboard(rig, byCertificate)).status, 201);
      assert.equal((await onboard(rig, byKey)).status, 201);
      const refused = await onboard(rig, stranger);
      assert.equal(refused.status, 403);
      assert.match(String(refused.body['type']), /certificate-not-trusted$/);
    } finally {
      await rig.stop();
    }
  });

  it('keeps CA, token and clientIds over a restart', async () => {
    const data = await mkdtemp(join(tmpdir(), 'muster-restart-'));
    const client = await testClient();
    const first = await startRig({ data, admission: 'open' });
    const { clientId } = (await onboard(first, client)).body;
    await first.stop();
    const second = await startRig({ data, admission: 'open' });
    try {
      assert.equal(second.wfm.caPin, first.wfm.caPin);
      assert.equal((await onboard(second, client)).body['clientId'], clientId);
      // The first administrator's token, and the one admission.
      assert.deepEqual((await second.operator('GET', '/audit/verify')).body, { ok: true, entries: 2 });
      await assert.rejects(startRig({ data }), { code: 'data-in-use' });
    } finally {
      await second.stop();
      await rm(data, { recursive: true, force: true });
    }
  });

  it('blocks and retires with the next request, and refuses illegal moves by name', async () => {
    const client = await testClient();
    const { clientId } = (await onboard(open, client)).body;
    const path = `/api/v1/clients/${String(clientId)}/capabilities/d1`;
    assert.equal((await signedSend(open, client, 'PUT', path, capabilities('d1'))).status, 201);
    assert.equal((await open.operator('POST', `/clients/${String(clientId)}/block`)).status, 200);
    const blocked = await signedSend(open, client, 'PUT', path, capabilities('d1'));
    assert.equal(blocked.status, 403);
    assert.equal(blocked.body['type'], 'urn:muster:problem:client-blocked');
    assert.equal((await onboard(open, client)).status, 403);
    assert.equal((await open.operator('POST', `/clients/${String(clientId)}/unblock`)).status, 200);
    assert.equal((await signedSend(open, client, 'PUT', path, capabilities('d1'))).status, 200);
    assert.equal((await open.operator('POST', `/clients/${String(clientId)}/retire`)).status, 200);
    const conflict = await open.operator('POST', `/clients/${String(clientId)}/block`);
    assert.equal(conflict.status, 409);
    assert.equal(conflict.body['state'], 'retired');
  });
});
