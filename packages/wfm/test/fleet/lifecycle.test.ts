/** The life of a client as operators move it: every state with every action, on one WFM and on two that share a database. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startPostgres } from '../support/postgres.ts';
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

const type = (answer: Answer): string => String(answer.body['type']).split(':').at(-1) ?? '';
const idOf = (answer: Answer): string => String(answer.body['clientId']);

describe('the states of a client', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig({ admission: 'open' });
  });
  after(() => rig.stop());

  const states = { active: [], blocked: ['block'], retired: ['retire'] } as const;
  const legal: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    active: { block: 'blocked', retire: 'retired' },
    blocked: { unblock: 'active', retire: 'retired' },
    retired: { readmit: 'active' },
  };
  // What brings a client where it is already is no conflict: repeated actions are harmless.
  const ends: Readonly<Record<string, string>> = {
    block: 'blocked',
    unblock: 'active',
    retire: 'retired',
    readmit: 'active',
  };
  for (const [state, ways] of Object.entries(states))
    for (const [action, end] of Object.entries(ends)) {
      const to = legal[state]?.[action];
      const expected = to ?? (end === state ? 'unchanged' : 'conflict');
      it(`${action} of one that is ${state} → ${expected}`, async () => {
        const client = await testClient();
        const id = idOf(await onboard(rig, client));
        for (const way of ways) await rig.operator('POST', `/clients/${id}/${way}`);
        const entries = async (): Promise<number> => {
          const { items } = (await rig.operator('GET', '/audit?limit=1000')).body as {
            items: Array<{ subject: string }>;
          };
          return items.filter((e) => e.subject === id).length;
        };
        const before = await entries();
        const answer = await rig.operator('POST', `/clients/${id}/${action}`, { reason: 'because' });
        const now = String((await rig.operator('GET', `/clients/${id}`)).body['state']);
        if (expected === 'conflict') {
          assert.deepEqual([answer.status, answer.body['state'], now], [409, state, state]);
          assert.match(String(answer.body['detail']), new RegExp(`this one is ${state}`));
        } else assert.deepEqual([answer.status, answer.body['state'], now], [200, to ?? state, to ?? state]);
        assert.equal((await entries()) - before, to === undefined ? 0 : 1, 'one audit entry for each change');
        if (to === undefined) return;
        assert.equal((await rig.operator('POST', `/clients/${id}/${action}`)).status, 200, 'again');
        assert.equal((await entries()) - before, 1);
      });
    }

  const decisions: Array<[string, 'approve' | 'reject' | 'delete', number, string]> = [
    ['pending', 'approve', 200, 'approved'],
    ['pending', 'reject', 200, 'rejected'],
    ['pending', 'delete', 204, 'gone'],
    ['approved', 'approve', 200, 'approved'],
    ['approved', 'reject', 409, 'approved'],
    ['approved', 'delete', 409, 'approved'],
    ['rejected', 'approve', 409, 'rejected'],
    ['rejected', 'reject', 200, 'rejected'],
    ['rejected', 'delete', 204, 'gone'],
  ];
  it('requests: every state with every decision', async () => {
    const held = await startRig({ admission: 'hold' });
    for (const [state, action, status, end] of decisions) {
      const request = String((await onboard(held, await testClient())).body['enrollmentId']);
      if (state !== 'pending')
        await held.operator('POST', `/enrollments/${request}/${state === 'approved' ? 'approve' : 'reject'}`);
      const answer =
        action === 'delete'
          ? await held.operator('DELETE', `/enrollments/${request}`)
          : await held.operator('POST', `/enrollments/${request}/${action}`);
      assert.equal(answer.status, status, `${action} of ${state}: ${answer.text}`);
      if (status === 409) assert.equal(answer.body['state'], state);
      const present = await held.operator('GET', `/enrollments/${request}`);
      assert.equal(present.status === 404 ? 'gone' : present.body['state'], end);
    }
    await held.stop();
  });

  it('a rejected request gets a calm no that asks for no hurry, and does not come up again', async () => {
    const held = await startRig({ admission: 'hold' });
    const client = await testClient();
    const request = String((await onboard(held, client)).body['enrollmentId']);
    await held.operator('POST', `/enrollments/${request}/reject`);
    for (let i = 0; i < 3; i++) {
      const answer = await onboard(held, client);
      assert.deepEqual(
        [answer.status, answer.headers['retry-after'], answer.body['retryAfterSeconds']],
        [403, undefined, undefined],
      );
    }
    const pending = await held.operator('GET', '/enrollments?state=pending');
    assert.deepEqual(pending.body['items'], []);
    await held.stop();
  });

  it('a deleted client gets the same: its key is refused until somebody decides anew', async () => {
    const client = await testClient();
    const id = idOf(await onboard(rig, client));
    assert.equal((await rig.operator('DELETE', `/clients/${id}`)).status, 204);
    const known = await signedSend(
      rig,
      client,
      'PUT',
      `/api/v1/clients/${id}/capabilities/d`,
      capabilities('d'),
    );
    assert.equal(known.status, 404);
    const back = await onboard(rig, client);
    assert.deepEqual([back.status, back.headers['retry-after']], [403, undefined]);
  });
});

describe('two instances on one database', () => {
  it('a block, an unblock and a retirement by one count from the next request on at the other', async () => {
    const postgres = await startPostgres();
    const root = await mkdtemp(join(tmpdir(), 'muster-instances-'));
    const running: Rig[] = [];
    try {
      const database = await postgres.database('lifecycle');
      const one = await startRig({ data: join(root, 'one'), database, admission: 'open' });
      running.push(one);
      const two = await startRig({ data: join(root, 'two'), database, admission: 'open' });
      running.push(two);
      const client: TestClient = await testClient();
      const id = idOf(await onboard(one, client));
      const put = async (rig: Rig): Promise<string> => {
        const path = `/api/v1/clients/${id}/capabilities/d`;
        const answer = await signedSend(rig, client, 'PUT', path, capabilities('d'));
        return answer.status < 300 ? 'taken' : type(answer);
      };
      // Both have the client in their caches.
      assert.deepEqual([await put(one), await put(two)], ['taken', 'taken']);
      for (const [action, expected] of [
        ['block', 'client-blocked'],
        ['unblock', 'taken'],
        ['retire', 'client-retired'],
        ['readmit', 'taken'],
      ] as const) {
        await one.operator('POST', `/clients/${id}/${action}`);
        assert.deepEqual([await put(two), await put(one)], [expected, expected], action);
      }
      const token = (await readFile(one.wfm.operatorTokenFile, 'utf8')).trim();
      const again = await two.operator('POST', `/clients/${id}/readmit`, undefined, token);
      assert.equal(again.status, 200, 'repeated at the other instance');
    } finally {
      for (const rig of running) await rig.stop();
      await postgres.stop();
      await rm(root, { recursive: true, force: true });
    }
  });
});
