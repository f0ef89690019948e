/** Who may use the operator API: roles, expiry, last use, revocation, and what each role may not. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Answer, type Rig, startRig } from '../support/wfm.ts';

describe('operator tokens', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig();
  });
  after(() => rig.stop());
  const create = (name: string, role: string, more: object = {}): Promise<Answer> =>
    rig.operator('POST', '/tokens', { name, role, ...more });

  it('may do what their role may, and nothing more', async () => {
    const roles = ['viewer', 'operator', 'admin'] as const;
    const tokens = new Map<string, string>();
    for (const role of roles) tokens.set(role, String((await create(`the ${role}`, role)).body['token']));
    const table: ReadonlyArray<readonly [string, string, object | undefined, number]> = [
      ['GET', '/clients', undefined, 0],
      ['GET', '/audit', undefined, 0],
      ['GET', '/rules', undefined, 0],
      ['POST', '/preauthorizations', { items: [{ fingerprint: 'ab'.repeat(32) }] }, 1],
      ['POST', '/tickets', {}, 1],
      ['PUT', '/rules', { version: 0, rules: [] }, 2],
      ['POST', '/device-authorities', { name: 'x', certificates: 'y' }, 2],
      ['GET', '/tokens', undefined, 2],
      ['POST', '/tokens', { name: 'x', role: 'viewer' }, 2],
      ['DELETE', '/tokens/nobody', undefined, 2],
    ];
    for (const [method, path, body, needed] of table)
      for (const [rank, role] of roles.entries()) {
        const { status } = await rig.operator(method, path, body, tokens.get(role));
        assert.equal(status === 403, rank < needed, `${role} ${method} ${path}: ${status}`);
      }
    const { body } = await rig.operator('GET', '/audit?limit=1000');
    assert.ok((body['items'] as Array<{ actor: string }>).some((e) => e.actor === 'the operator'));
  });

  it('are shown once, and end by revocation or time, on the next request', async () => {
    const made = await create('short', 'viewer', { days: 0.000012 });
    const token = String(made.body['token']);
    const list = await rig.operator('GET', '/tokens');
    assert.ok(!list.text.includes(token));
    assert.equal((await rig.operator('GET', '/clients', undefined, token)).status, 200);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const expired = await rig.operator('GET', '/clients', undefined, token);
    assert.equal(expired.status, 401);
    assert.match(String(expired.body['detail']), /expired/);
    const other = String((await create('gone', 'viewer')).body['token']);
    assert.equal((await create('gone', 'viewer')).status, 409);
    assert.equal((await rig.operator('DELETE', '/tokens/gone')).status, 204);
    assert.equal((await rig.operator('DELETE', '/tokens/gone')).status, 204, 'it is revoked');
    assert.equal((await rig.operator('DELETE', '/tokens/nobody')).status, 404);
    assert.match(String((await rig.operator('GET', '/clients', undefined, other)).body['detail']), /revoked/);
    assert.equal((await create('gone', 'viewer')).status, 201, 'the name is free again');
    assert.equal((await rig.operator('DELETE', '/tokens/admin')).status, 409, 'not the one in use');
  });

  it('say when they were used last, after a restart and on every list, and not that they were refused', async () => {
    const data = await mkdtemp(join(tmpdir(), 'muster-tokens-'));
    try {
      let own = await startRig({ data });
      const [used, idle] = await Promise.all(
        ['used', 'idle'].map(async (name) =>
          String((await own.operator('POST', '/tokens', { name, role: 'viewer' })).body['token']),
        ),
      );
      const lastUse = async (query = ''): Promise<Record<string, string | null>> => {
        const { items } = (await own.operator('GET', `/tokens?${query}`)).body as {
          items: Array<{ name: string; lastUsedAt: string | null }>;
        };
        return Object.fromEntries(items.map((t) => [t.name, t.lastUsedAt]));
      };
      assert.equal((await lastUse())['used'], null, 'it was made, not used');
      const before = Date.now();
      assert.equal((await own.operator('GET', '/clients', undefined, used)).status, 200);
      // In the very next list, although many uses are written at once.
      const seen = Date.parse((await lastUse())['used'] ?? '');
      assert.ok(seen >= before && seen <= Date.now(), String(seen));
      await own.stop();
      own = await startRig({ data });
      assert.equal(Date.parse((await lastUse())['used'] ?? ''), seen, 'it outlives a restart');
      assert.deepEqual(
        Object.keys(await lastUse('sort=-lastUsedAt')).at(-1),
        'idle',
        'never used is the oldest',
      );
      await own.operator('DELETE', '/tokens/idle');
      assert.equal((await own.operator('GET', '/clients', undefined, idle)).status, 401);
      assert.equal((await lastUse('state=revoked'))['idle'], null, 'a refused token was not used');
      await own.stop();
    } finally {
      await rm(data, { recursive: true, force: true });
    }
  });

  it('are slowed down when they keep asking for what they may not', async () => {
    const token = String((await create('curious', 'viewer')).body['token']);
    const statuses: number[] = [];
    for (let i = 0; i < 21; i++) statuses.push((await rig.operator('POST', '/tickets', {}, token)).status);
    assert.deepEqual([statuses[0], statuses.at(-1)], [403, 429]);
    assert.equal((await rig.operator('GET', '/clients')).status, 200, 'others are not');
  });
});
