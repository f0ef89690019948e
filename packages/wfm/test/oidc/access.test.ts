/** People of a real OpenID provider at the operator API: the code flow, roles, the audit, the limits. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Agent, fetch } from 'undici';
import { loadSettings } from '../../src/index.ts';
import {
  audience,
  browse,
  clientId,
  type OpenIdProvider,
  roleMapping,
  startProvider,
} from '../support/openid.ts';
import { type Answer, onboard, type Rig, startRig, testClient } from '../support/wfm.ts';
import { SettingsError } from '../../src/config/setting.ts';

describe('people of an OpenID provider', () => {
  let provider: OpenIdProvider;
  let folder: string;
  let rig: Rig;
  before(async () => {
    provider = await startProvider();
    folder = await mkdtemp(join(tmpdir(), 'muster-oidc-'));
    await writeFile(join(folder, 'ca.pem'), provider.ca);
  });
  after(async () => {
    await provider.close();
    await rm(folder, { recursive: true, force: true });
  });
  const start = async (more: object = {}): Promise<void> => {
    rig = await startRig({
      oidcIssuer: provider.issuer,
      oidcClientId: clientId,
      oidcAudience: audience,
      oidcRoles: roleMapping,
      oidcCa: join(folder, 'ca.pem'),
      ...more,
    });
  };
  const as = (token: string, method: string, path: string, body?: unknown): Promise<Answer> =>
    rig.operator(method, path, body, token);

  /** The authorization code flow with PKCE, as somebody's program does it. */
  async function tokens(person: string): Promise<{ access_token: string; id_token: string }> {
    const verifier = randomBytes(32).toString('base64url');
    const redirect = 'http://127.0.0.1/callback';
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirect,
      response_type: 'code',
      scope: 'openid profile',
      resource: audience,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const back = new URL(await browse(`${provider.issuer}/auth?${query.toString()}`, provider, person));
    const dispatcher = new Agent({ connect: { ca: provider.ca } });
    const answer = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        redirect_uri: redirect,
        code: back.searchParams.get('code') ?? '',
        code_verifier: verifier,
        resource: audience,
      }).toString(),
    });
    const body = (await answer.json()) as { access_token: string; id_token: string };
    await dispatcher.close();
    assert.equal(answer.status, 200, JSON.stringify(body));
    return body;
  }

  it('may do what their group’s role may, and stand in the audit with subject and name', async () => {
    await start();
    const [admin, operator, viewer, nobody] = await Promise.all(
      ['alice', 'olga', 'victor', 'mallory'].map(async (person) => (await tokens(person)).access_token),
    );
    for (const [token = '', read, write, administer] of [
      [admin, 200, 201, 200],
      [operator, 200, 201, 403],
      [viewer, 200, 403, 403],
      [nobody, 403, 403, 403],
    ] as const) {
      assert.equal((await as(token, 'GET', '/clients')).status, read);
      assert.equal((await as(token, 'POST', '/tickets', { clientId: 'none' })).status === 403, write === 403);
      assert.equal((await as(token, 'GET', '/tokens')).status, administer);
    }
    const refused = await as(nobody ?? '', 'GET', '/clients');
    assert.match(String(refused.body['detail']), /claim groups is mapped/);
    const client = await testClient();
    await onboard(rig, client);
    const approved = await as(operator ?? '', 'POST', `/clients/${client.certificate.sha256}/approve`);
    assert.equal(approved.status, 200);
    const entries = (await rig.operator('GET', '/audit?limit=100')).body['items'] as Array<{ actor: string }>;
    assert.ok(entries.some((e) => e.actor === 'oidc:olga olga@plant.example'));
    await rig.stop();
  });

  it('are two where two must approve, and one however many tokens one has', async () => {
    await start();
    const [alice = '', olga = ''] = await Promise.all(
      ['alice', 'olga'].map(async (person) => (await tokens(person)).access_token),
    );
    const rules = [{ name: 'two', action: 'hold', reason: 'two must agree', approvals: 2, match: {} }];
    const { version } = (await as(alice, 'GET', '/rules')).body as { version: number };
    assert.equal((await as(alice, 'PUT', '/rules', { version, rules })).status, 200);
    const made = async (by: string, name: string): Promise<string> =>
      String((await as(by, 'POST', '/tokens', { name, role: 'admin' })).body['token']);
    const held = async (): Promise<string> =>
      `/enrollments/${String((await onboard(rig, await testClient())).body['enrollmentId'])}/approve`;
    const approve = async (path: string, token: string): Promise<unknown[]> => {
      const { status, body } = await as(token, 'POST', path);
      return [status, body['state'], body['approvals']];
    };
    const [one, two] = ['oidc:alice alice@plant.example', 'oidc:olga olga@plant.example'];
    const first = await held();
    assert.deepEqual(await approve(first, alice), [200, 'pending', [one]]);
    // The same person with a session of another day, with a token of hers, and with a token that this one has made.
    const mine = await made(alice, 'night shift');
    for (const token of [alice, (await tokens('alice')).access_token, mine, await made(mine, 'other name')])
      assert.deepEqual(await approve(first, token), [200, 'pending', [one]]);
    assert.deepEqual(await approve(first, olga), [200, 'approved', [one, two]]);
    const second = await held();
    assert.deepEqual(await approve(second, mine), [200, 'pending', ['oidc:alice token night shift']]);
    assert.deepEqual(await approve(second, alice), [200, 'pending', ['oidc:alice token night shift']]);
    assert.equal((await approve(second, olga))[1], 'approved');
    // Tokens that no person of the provider has made are known by their name only.
    const third = await held();
    const admin = await rig.operator('POST', '/tokens', { name: 'anna', role: 'operator' });
    assert.equal((await approve(third, String(admin.body['token'])))[1], 'pending');
    assert.equal((await approve(third, olga))[1], 'approved');
    await rig.stop();
  });

  it('send their ID token where no audience is set, and then no access token counts', async () => {
    await start({ oidcAudience: null });
    const both = await tokens('alice');
    assert.equal((await as(both.id_token, 'GET', '/tokens')).status, 200);
    const wrong = await as(both.access_token, 'GET', '/tokens');
    assert.deepEqual(
      [wrong.status, wrong.headers['www-authenticate']],
      [401, 'Bearer error="invalid_token"'],
    );
    assert.match(String(wrong.body['detail']), /audience/);
    const login = await rig.operator('GET', '/login', undefined, 'none');
    assert.deepEqual(login.body, {
      issuer: provider.issuer,
      clientId,
      scopes: 'openid profile offline_access',
      token: 'id_token',
      audience: clientId,
      issuerCa: provider.ca,
    });
    await rig.stop();
  });

  it('are slowed down as anybody is: by address for what proves nothing, by subject for what they may not', async () => {
    await start();
    const { access_token: victor } = await tokens('victor');
    const answers: number[] = [];
    for (let i = 0; i < 21; i++) answers.push((await as(victor, 'POST', '/tickets', {})).status);
    assert.deepEqual([answers[0], answers.at(-1)], [403, 429]);
    const again = (await tokens('victor')).access_token;
    assert.notEqual(again, victor);
    assert.equal((await as(again, 'GET', '/clients')).status, 429, 'a new token of the same person');
    assert.equal((await rig.operator('GET', '/clients')).status, 200, 'others are not');
    const expired = await provider.sign({ iss: provider.issuer, aud: audience, sub: 'x', exp: 1 });
    const failures: number[] = [];
    for (let i = 0; i < 21; i++) failures.push((await as(expired, 'GET', '/clients')).status);
    assert.deepEqual([failures[0], failures.at(-1)], [401, 429]);
    await rig.stop();
  });

  it('are not known to a WFM without a provider, and one that is away does not shut Muster’s own tokens out', async () => {
    await start({ oidcIssuer: null, oidcClientId: null, oidcRoles: [] });
    const token = await provider.sign({ iss: provider.issuer, aud: audience, sub: 'alice', exp: Date.now() });
    assert.equal((await as(token, 'GET', '/clients')).status, 401);
    assert.equal((await rig.operator('GET', '/login')).status, 404);
    await rig.stop();
    await start();
    await provider.down();
    const away = await as(token, 'GET', '/clients');
    assert.deepEqual([away.status, away.headers['retry-after']], [503, '5']);
    assert.equal((await rig.operator('GET', '/clients')).status, 200);
    await provider.up();
    await rig.stop();
  });

  it('settings that cannot work are refused at start', () => {
    const good = { oidcIssuer: 'https://id.example', oidcClientId: 'muster', oidcRoles: ['a=admin'] };
    assert.equal(loadSettings({ flags: good }).oidcRoleClaim, 'groups');
    for (const wrong of [
      { ...good, oidcIssuer: 'http://id.example' },
      { ...good, oidcIssuer: undefined },
      { ...good, oidcClientId: undefined },
      { ...good, oidcRoles: ['a=root'] },
    ])
      assert.throws(() => loadSettings({ flags: wrong }), SettingsError, JSON.stringify(wrong));
  });
});
