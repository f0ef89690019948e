/** `muster login` against a real OpenID provider and a real WFM; a scripted person clicks through the provider's pages. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import {
  audience,
  browse,
  clientId,
  type OpenIdProvider,
  roleMapping,
  startProvider,
  visit,
} from '../../packages/wfm/test/support/openid.ts';
import { type Rig, startRig } from '../../packages/wfm/test/support/wfm.ts';

const main = new URL('../../packages/cli/src/main.ts', import.meta.url).pathname;

describe('muster login', () => {
  let provider: OpenIdProvider;
  let rig: Rig;
  let root: string;
  let session: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'muster-login-'));
    session = join(root, 'config', 'muster', 'session.json');
    provider = await startProvider();
    await writeFile(join(root, 'ca.pem'), provider.ca);
    rig = await startRig({
      oidcIssuer: provider.issuer,
      oidcClientId: clientId,
      oidcAudience: audience,
      oidcRoles: roleMapping,
      oidcCa: join(root, 'ca.pem'),
    });
  });
  after(async () => {
    await rig.stop();
    await provider.close();
    await rm(root, { recursive: true, force: true });
  });

  /** Runs a command; `onLine` sees its JSON lines as they come. */
  async function muster(args: string[], onLine?: (line: Record<string, unknown>) => void, more: object = {}) {
    const env: NodeJS.ProcessEnv = {
      PATH: process.env['PATH'],
      XDG_CONFIG_HOME: join(root, 'config'),
      MUSTER_OPERATOR_URL: rig.wfm.operatorUrl,
      MUSTER_OPERATOR_CA: rig.wfm.operatorCaFile,
      ...more,
    };
    const child = spawn(process.execPath, [main, ...args, '--json'], { cwd: root, env });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
    let last: Record<string, unknown> = {};
    for await (const line of createInterface({ input: child.stdout })) {
      last = JSON.parse(line) as Record<string, unknown>;
      onLine?.(last);
    }
    const code = child.exitCode ?? (await new Promise<number>((resolve) => child.on('close', resolve)));
    return { code, last, errors };
  }

  const clicks =
    (person: string) =>
    (line: Record<string, unknown>): void => {
      if (line['event'] !== 'open') return;
      void browse(String(line['url']), provider, person).then((at) =>
        at.startsWith('http://127.0.0.1') ? visit(at) : undefined,
      );
    };

  it('by browser: code flow with PKCE, a session file of mode 0600, and commands that find it', async () => {
    const done = await muster(['login'], clicks('olga'));
    assert.deepEqual([done.code, done.last['subject']], [0, 'olga'], done.errors);
    assert.equal((await stat(session)).mode & 0o777, 0o600);
    assert.equal((await muster(['clients', 'list'])).code, 0);
    const refused = await muster(['tokens', 'list']);
    assert.equal(refused.code, 3, 'an operator is no administrator');
    assert.match(refused.errors, /needs the role admin/);
  });

  it('by browser: what other programs send to the waiting port is no answer', async () => {
    const answers: number[] = [];
    const done = await muster(['login'], (line) => {
      if (line['event'] !== 'open') return;
      const back = String(new URL(String(line['url'])).searchParams.get('redirect_uri'));
      const others = ['', '?code=x', '?code=x&state=guessed', '?error=access_denied', '/..//%zz'];
      void Promise.all(others.map(async (rest) => answers.push((await fetch(back + rest)).status))).then(() =>
        clicks('olga')(line),
      );
    });
    assert.deepEqual([done.code, done.last['subject']], [0, 'olga'], done.errors);
    assert.deepEqual(answers, [404, 404, 404, 404, 404]);
  });

  it('renews an old token by itself', async () => {
    const kept = JSON.parse(await readFile(session, 'utf8')) as { bearer: string };
    await writeFile(session, JSON.stringify({ ...kept, bearer: 'old', expiresAt: 1 }));
    const listed = await muster(['clients', 'list']);
    assert.equal(listed.code, 0, listed.errors);
    const renewed = JSON.parse(await readFile(session, 'utf8')) as { bearer: string; expiresAt: number };
    assert.notEqual(renewed.bearer, 'old');
    assert.ok(renewed.expiresAt > Date.now());
    assert.equal((await stat(session)).mode & 0o777, 0o600);
  });

  it('sends its token to no other WFM, and forgets it at logout', async () => {
    const elsewhere = await muster(['clients', 'list'], undefined, {
      MUSTER_OPERATOR_URL: 'https://127.0.0.1:9',
    });
    assert.equal(elsewhere.code, 5);
    assert.match(elsewhere.errors, /no operator-token/);
    const out = await muster(['logout']);
    assert.deepEqual([out.code, out.last], [0, { loggedOut: true, revoked: true }], out.errors);
    await assert.rejects(stat(session));
    assert.equal((await muster(['clients', 'list'])).code, 5);
  });

  it('by code on a machine without a browser', async () => {
    const done = await muster(['login', '--device'], clicks('alice'));
    assert.deepEqual([done.code, done.last['subject']], [0, 'alice'], done.errors);
    assert.equal((await muster(['tokens', 'list'])).code, 0);
  });
});
