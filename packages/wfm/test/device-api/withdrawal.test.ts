/** Taking a request back, on the wire: only who has the key may, and only what nobody has decided. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type Answer,
  onboard,
  onboardingBody,
  type Rig,
  signedHeaders,
  signedSend,
  startRig,
  type TestClient,
  testClient,
} from '../support/wfm.ts';

const path = '/api/v1/onboarding/withdrawal';

describe('withdrawal', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig();
  });
  after(() => rig.stop());

  const withdraw = (client: TestClient, by = client): Promise<Answer> =>
    signedSend(rig, by, 'POST', path, onboardingBody(client));
  const pending = async (client: TestClient): Promise<boolean> => {
    const { body } = await rig.operator(
      'GET',
      `/enrollments?state=pending&fingerprint=${client.certificate.sha256}`,
    );
    return (body['items'] as unknown[]).length === 1;
  };

  it('is for who has the key: not by another key, not by the signature of an onboarding request', async () => {
    const [client, other] = [await testClient(), await testClient()];
    await onboard(rig, client);
    assert.equal((await withdraw(client, other)).status, 401);
    const body = onboardingBody(client);
    const headers = signedHeaders(client, 'POST', `${rig.url}/api/v1/onboarding`, body);
    assert.equal((await rig.send({ method: 'POST', path, headers, body })).status, 401);
    const wrong = await rig.send({ method: 'DELETE', path });
    assert.deepEqual([wrong.status, wrong.headers['allow']], [405, 'POST']);
    assert.equal(await pending(client), true);
    assert.equal((await withdraw(client)).status, 204);
    assert.equal(await pending(client), false);
    assert.equal((await withdraw(client)).status, 204, 'again changes nothing');
  });

  it('undoes one approval of two, and asks for both again', async () => {
    const rules = [{ name: 'two', action: 'hold', reason: 'two must agree', approvals: 2, match: {} }];
    const { version } = (await rig.operator('GET', '/rules')).body;
    await rig.operator('PUT', '/rules', { version, rules });
    const client = await testClient();
    const first = `/enrollments/${String((await onboard(rig, client)).body['enrollmentId'])}/approve`;
    assert.deepEqual((await rig.operator('POST', first)).body['approvals'], ['admin']);
    await withdraw(client);
    assert.equal((await rig.operator('POST', first)).status, 404);
    const second = `/enrollments/${String((await onboard(rig, client)).body['enrollmentId'])}`;
    assert.deepEqual((await rig.operator('GET', second)).body['approvals'], []);
  });

  it('comes before an approval or after it, and both are told', async () => {
    for (let i = 0; i < 20; i++) {
      const client = await testClient();
      const id = String((await onboard(rig, client)).body['enrollmentId']);
      const tasks = [
        withdraw(client),
        rig.operator('POST', `/enrollments/${id}/${i % 2 === 0 ? 'approve' : 'reject'}`),
      ];
      const [taken, decided] = await Promise.all(tasks);
      assert.ok([204, 409].includes(taken?.status ?? 0), taken?.text);
      assert.ok([200, 404].includes(decided?.status ?? 0), decided?.text);
      assert.equal(await pending(client), false);
    }
    assert.equal((await rig.operator('GET', '/audit/verify')).body['ok'], true);
  });
});
