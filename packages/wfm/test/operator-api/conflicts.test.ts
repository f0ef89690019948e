/** What the present state does not allow: 409, the state, and what to do. And what never was: 404. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { type DeviceCa, makeDeviceCa } from '../support/openssl.ts';
import {
  type Answer,
  capabilities,
  onboard,
  type Rig,
  signedSend,
  startRig,
  testClient,
} from '../support/wfm.ts';

const application = 'type: compose\nrequiredResources: {cpu: {cores: 1}, memory: 1Gi}';
const source = new URL('../../src/operator-api/', import.meta.url);

describe('what the present state does not allow', () => {
  let rig: Rig;
  let other: Rig;
  let ca: DeviceCa;
  before(async () => {
    [rig, other] = await Promise.all([startRig(), startRig({ admission: 'open' })]);
    ca = makeDeviceCa();
  });
  after(async () => {
    ca.remove();
    await Promise.all([rig.stop(), other.stop()]);
  });
  async function ok(method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
    const answer = await rig.operator(method, path, body, token);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  }
  async function request(): Promise<string> {
    return String((await onboard(rig, await testClient())).body['enrollmentId']);
  }
  /** A client after these moves, with a device. */
  async function client(...moves: string[]): Promise<string> {
    const key = await testClient();
    const asked = await onboard(rig, key);
    const approved = await ok('POST', `/enrollments/${String(asked.body['enrollmentId'])}/approve`);
    const id = String(approved.body['clientId']);
    const path = `/api/v1/clients/${id}/capabilities/gw`;
    assert.equal((await signedSend(rig, key, 'PUT', path, capabilities('gw'))).status, 201);
    for (const move of moves) await ok('POST', `/clients/${id}/${move}`);
    return id;
  }
  const decided = async (verdict: string): Promise<string> => {
    const id = await request();
    await ok('POST', `/enrollments/${id}/${verdict}`);
    return id;
  };

  type Act = readonly [method: string, path: string, body?: unknown];
  const table: ReadonlyArray<readonly [what: string, state: string, act: () => Promise<Act>]> = [
    ['block a retired client', 'retired', async () => ['POST', `/clients/${await client('retire')}/block`]],
    [
      'unblock a retired client',
      'retired',
      async () => ['POST', `/clients/${await client('retire')}/unblock`],
    ],
    [
      'readmit a blocked client',
      'blocked',
      async () => ['POST', `/clients/${await client('block')}/readmit`],
    ],
    [
      'export a retired client',
      'retired',
      async () => ['POST', `/clients/${await client('retire')}/export`, {}],
    ],
    [
      'send a blocked client elsewhere',
      'blocked',
      async () => ['POST', `/clients/${await client('block')}/rebind`, { joinString: other.wfm.joinString }],
    ],
    [
      'take an order back that never was',
      'active',
      async () => ['DELETE', `/clients/${await client()}/rebind`],
    ],
    [
      'reject an approved request',
      'approved',
      async () => ['POST', `/enrollments/${await decided('approve')}/reject`],
    ],
    [
      'approve a rejected request',
      'rejected',
      async () => ['POST', `/enrollments/${await decided('reject')}/approve`],
    ],
    [
      'forget an approved request',
      'approved',
      async () => ['DELETE', `/enrollments/${await decided('approve')}`],
    ],
    [
      'merge a key into a retired client',
      'pending',
      async () => ['POST', `/enrollments/${await request()}/approve`, { into: await client('retire') }],
    ],
    [
      'merge an approved key into another client',
      'approved',
      async () => ['POST', `/enrollments/${await decided('approve')}/approve`, { into: await client() }],
    ],
    [
      'a ticket for a retired client',
      'retired',
      async () => ['POST', '/tickets', { clientId: await client('retire') }],
    ],
    [
      'a ticket of many uses for one client',
      'active',
      async () => ['POST', '/tickets', { clientId: await client(), uses: 2 }],
    ],
    [
      'a client whose file nobody knows',
      'unknown-signer',
      async () => {
        const id = String((await onboard(other, await testClient())).body['clientId']);
        return [
          'POST',
          '/clients/import',
          { file: (await other.operator('POST', `/clients/${id}/export`, {})).text },
        ];
      },
    ],
    [
      'a name of other authorities',
      'other-terms',
      async () => {
        await ok('POST', '/device-authorities', { name: 'taken', certificates: ca.pem });
        return ['POST', '/device-authorities', { name: 'taken', certificates: ca.pem, crlPolicy: 'warn' }];
      },
    ],
    [
      'remove authorities that a rule speaks of',
      'in-use',
      async () => {
        await ok('POST', '/device-authorities', { name: 'used', certificates: ca.pem });
        const rules = [{ name: 'r', action: 'allow', reason: 'ours', match: { authority: 'used' } }];
        await ok('PUT', '/rules', { version: 0, rules });
        return ['DELETE', '/device-authorities/used'];
      },
    ],
    ['rules that were changed since', 'version 1', async () => ['PUT', '/rules', { version: 0, rules: [] }]],
    [
      'a name of another webhook',
      'disabled',
      async () => {
        await ok('POST', '/webhooks', { name: 'hook', url: 'https://a.invalid/' });
        await ok('POST', '/webhooks/hook/disable');
        return ['POST', '/webhooks', { name: 'hook', url: 'https://b.invalid/' }];
      },
    ],
    [
      'a name of another requirement',
      'present',
      async () => {
        await ok('POST', '/requirements', { name: 'taken', application });
        return ['POST', '/requirements', { name: 'taken', application, selector: 'site=north' }];
      },
    ],
    [
      'a token that is there',
      'in-force',
      async () => {
        await ok('POST', '/tokens', { name: 'twin', role: 'viewer' });
        return ['POST', '/tokens', { name: 'twin', role: 'viewer' }];
      },
    ],
    [
      'a token that has expired and was not revoked',
      'expired',
      async () => {
        const { body } = await ok('POST', '/tokens', { name: 'old', role: 'viewer', days: 1e-9 });
        assert.equal(body['state'], 'expired');
        return ['POST', '/tokens', { name: 'old', role: 'viewer' }];
      },
    ],
    ['revoke the token in use', 'in-use', async () => ['DELETE', '/tokens/admin']],
    [
      'more than a device has',
      'no-room',
      async () => {
        const large = 'type: compose\nrequiredResources: {memory: 900Gi}';
        return ['POST', '/reservations', { application: large, clientId: await client(), deviceId: 'gw' }];
      },
    ],
    [
      'the id of another reservation',
      'reserved',
      async () => {
        const made = { reservationId: randomUUID(), application, clientId: await client(), deviceId: 'gw' };
        await ok('POST', '/reservations', made);
        return ['POST', '/reservations', { ...made, clientId: await client() }];
      },
    ],
    [
      'a step of a rotation that does not come now',
      'none',
      async () => ['POST', '/trust/rotate', { step: 'switch' }],
    ],
  ];
  for (const [what, state, act] of table)
    it(`${what}: 409, ${state}`, async () => {
      const [method, path, body] = await act();
      const answer = await rig.operator(method, path, body);
      assert.equal(answer.status, 409, answer.text);
      assert.equal(answer.body['state'], state);
      assert.ok(String(answer.body['detail']).length > 40, 'it says what to do');
    });

  it('has one way to be said, which needs a state', async () => {
    const files = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.ts'));
    assert.ok(files.length > 70);
    for (const name of files.filter((file) => file !== 'conflict.ts'))
      assert.doesNotMatch(await readFile(new URL(name, source), 'utf8'), /HttpProblem\(\s*'conflict'/, name);
  });

  it('is something else than what never was: 404', async () => {
    const never: readonly string[] = [
      `/clients/${randomUUID()}`,
      `/enrollments/${randomUUID()}`,
      `/preauthorizations/${'cd'.repeat(32)}`,
      '/device-authorities/nothing',
      `/reservations/${randomUUID()}`,
      `/signers/${'cd'.repeat(32)}`,
      '/tokens/nobody',
      '/tickets/0123456789abcdef',
      '/tickets/x',
      '/webhooks/nothing',
      '/requirements/nothing',
    ];
    for (const path of never) assert.equal((await rig.operator('DELETE', path)).status, 404, path);
  });

  it('knows a deleted client by its fingerprint too, and keeps its key refused', async () => {
    const id = await client();
    const { fingerprint } = (await ok('GET', `/clients/${id}`)).body as { fingerprint: string };
    for (let i = 0; i < 2; i++)
      assert.equal((await rig.operator('DELETE', `/clients/${fingerprint}`)).status, 204);
    const kept = await ok('GET', `/enrollments?fingerprint=${encodeURIComponent(fingerprint)}`);
    assert.equal((kept.body['items'] as Array<{ state: string }>)[0]?.state, 'rejected');
  });

  it('does not take the yes of one operator for something that another has said', async () => {
    const rules = [{ name: 'two', action: 'hold', reason: 'two must agree', approvals: 2, match: {} }];
    const { version } = (await ok('GET', '/rules')).body as { version: number };
    await ok('PUT', '/rules', { version, rules });
    const [into, another] = [await soleClient(), await soleClient()];
    const token = String((await ok('POST', '/tokens', { name: 'second', role: 'operator' })).body['token']);
    const path = `/enrollments/${await request()}/approve`;
    const first = await ok('POST', path, { into });
    assert.deepEqual([first.body['state'], first.body['approvalInto']], ['pending', into]);
    for (const body of [undefined, { into: another }]) {
      const refused = await rig.operator('POST', path, body, token);
      assert.deepEqual([refused.status, refused.body['state']], [409, 'pending'], refused.text);
      assert.equal(refused.body['approvalInto'], into);
    }
    assert.equal(
      (await ok('POST', path, { into: another })).body['approvalInto'],
      another,
      'who is alone may think again',
    );
    const merged = await ok('POST', path, { into: another }, token);
    assert.deepEqual([merged.body['state'], merged.body['clientId']], ['approved', another]);
    const again = await rig.operator('POST', path, { into }, token);
    assert.deepEqual([again.status, again.body['state']], [409, 'approved']);
  });
  /** A client that came in by a ticket, whatever the rules say. */
  async function soleClient(): Promise<string> {
    const key = await testClient();
    await ok('POST', '/preauthorizations', { items: [{ fingerprint: key.certificate.sha256 }] });
    const { version } = (await ok('GET', '/rules')).body as { version: number };
    const { rules } = (await ok('GET', '/rules')).body as { rules: object[] };
    await ok('PUT', '/rules', { version, rules: [] });
    const { body } = await onboard(rig, key);
    await ok('PUT', '/rules', { version: version + 1, rules });
    return String(body['clientId']);
  }
});
