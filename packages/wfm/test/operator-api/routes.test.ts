/** Every route of the operator API, as its description names them: who may, and how each refuses. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { Agent, request } from 'undici';
import { type Rig, startRig } from '../support/wfm.ts';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly isOpen: boolean;
}

const administratorsOnly = [
  'DELETE /device-authorities/{name}',
  'DELETE /signers/{fingerprint}',
  'DELETE /tokens/{name}',
  'DELETE /webhooks/{name}',
  'GET /tokens',
  'GET /webhooks',
  'GET /webhooks/{name}',
  'GET /webhooks/{name}/dead-letters',
  'POST /clients/import',
  'POST /device-authorities',
  'POST /tokens',
  'POST /trust/rotate',
  'POST /webhooks',
  'POST /webhooks/{name}/disable',
  'POST /webhooks/{name}/enable',
  'POST /webhooks/{name}/retry',
  'POST /webhooks/{name}/test',
  'PUT /rules',
  'PUT /signers/{fingerprint}',
];

describe('every route of the operator API', () => {
  let rig: Rig;
  let routes: Route[];
  let agent: Agent;
  before(async () => {
    rig = await startRig();
    agent = new Agent({ connect: { ca: rig.ca } });
    const document = (await rig.operator('GET', '/openapi.json')).body as {
      paths: Record<string, Record<string, { security?: unknown[] }>>;
    };
    routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, o]) => ({
        method: method.toUpperCase(),
        path: path.replace('/operator/v1', ''),
        isOpen: o.security?.length === 0,
      })),
    );
  });
  after(async () => {
    await agent.close();
    await rig.stop();
  });
  const filled = (path: string, value: string): string => path.replace(/\{\w+\}/g, value);
  /** One answer; a stream is left after its head. */
  async function ask(method: string, path: string, token: string | undefined, body?: string) {
    const answer = await request(`${rig.wfm.operatorUrl}/operator/v1${path}`, {
      dispatcher: agent,
      method: method as 'GET',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const isStream = String(answer.headers['content-type']).startsWith('text/event-stream');
    const text = isStream ? '' : await answer.body.text();
    if (isStream) answer.body.on('error', () => undefined).destroy();
    return { status: answer.statusCode, headers: answer.headers, text };
  }
  function assertProblem(answer: { status: number; text: string }, what: string): void {
    const problem = JSON.parse(answer.text) as Record<string, unknown>;
    assert.equal(problem['status'], answer.status, what);
    for (const member of ['type', 'title', 'instance'])
      assert.equal(typeof problem[member], 'string', `${what}: ${member}`);
  }

  it('of the design is there', async () => {
    const known = new Set(routes.map((r) => r.path));
    const actions = ['approve', 'reject', 'block', 'unblock', 'retire'];
    const names =
      'clients clients/{clientId} enrollments preauthorizations device-authorities devices placement:query audit events trust tokens join-string';
    for (const path of names.split(' ')) assert.ok(known.has(`/${path}`), path);
    for (const action of actions) assert.ok(known.has(`/clients/{clientId}/${action}`), action);
    for (const path of ['healthz', 'readyz', 'metrics']) {
      const answer = await request(`${rig.wfm.operatorUrl}/${path}`, { dispatcher: agent });
      assert.equal(answer.statusCode, 200, path);
      await answer.body.dump();
    }
  });

  it('takes no method but its own: 405 with Allow; what is no path is 404', async () => {
    const paths = new Map<string, string[]>();
    for (const { path, method } of routes) paths.set(path, [...(paths.get(path) ?? []), method]);
    for (const [path, methods] of paths) {
      const answer = await ask('PATCH', filled(path, 'x'), undefined);
      assert.equal(answer.status, 405, path);
      assertProblem(answer, path);
      for (const method of methods) assert.ok(String(answer.headers['allow']).includes(method), path);
    }
    const nothing = await ask('GET', '/nothing', undefined);
    assert.equal(nothing.status, 404);
    assertProblem(nothing, 'nothing');
  });

  it('is refused to a viewer where it changes something, and answers no garbage with a 5xx', async () => {
    const made = await rig.operator('POST', '/tokens', { name: 'reader', role: 'viewer' });
    const admin = (await readFile(rig.wfm.operatorTokenFile, 'utf8')).trim();
    const isQuestion = (path: string): boolean => /^\/(placement:|rules\/rehearse)/.test(path);
    let refused = 0;
    let viewer = String(made.body['token']);
    for (const { method, path } of routes.filter((r) => r.method !== 'GET' && !isQuestion(r.path))) {
      if (refused++ % 15 === 14) {
        // A token that keeps asking for what it may not is slowed down; that is not what is asked here.
        const next = await rig.operator('POST', '/tokens', { name: `reader ${refused}`, role: 'viewer' });
        viewer = String(next.body['token']);
      }
      const answer = await ask(method, filled(path, 'x'), viewer, '{}');
      assert.equal(answer.status, 403, `${method} ${path}`);
      assertProblem(answer, path);
    }
    const garbage = ['%00', '%FF%FE', 'x'.repeat(1500), '..%2F..%2Fetc', '%27%3B--', '-1', 'null'];
    for (const { method, path } of routes.filter((r) => r.path !== '/trust/rotate')) {
      const query = 'limit=-5&cursor=%01%ff&sort=%27&state=&label==&selector=((&after=x&fingerprint=zz';
      for (const value of garbage.slice(0, path.includes('{') ? garbage.length : 1)) {
        const body =
          method === 'GET' ? undefined : '{"items":null,"labels":[],"rules":7,"application":{},"x":1e999}';
        const answer = await ask(method, `${filled(path, value)}?${query}`, admin, body);
        assert.ok(
          answer.status < 500,
          `${method} ${path} with ${value.slice(0, 20)}: ${answer.status} ${answer.text}`,
        );
        if (answer.status >= 400) assertProblem(answer, `${method} ${path}`);
      }
    }
  });

  it('keeps what changes trust, rules, tokens and other WFMs to administrators', async () => {
    const admin = (await readFile(rig.wfm.operatorTokenFile, 'utf8')).trim();
    const tokenOf = async (name: string, role: string): Promise<string> =>
      String((await rig.operator('POST', '/tokens', { name, role })).body['token']);
    const forbidden: string[] = [];
    for (const [i, { method, path, isOpen }] of routes.entries()) {
      if (isOpen) continue;
      const token = await tokenOf(`one ${i}`, 'operator');
      const answer = await ask(method, filled(path, 'x'), token, method === 'GET' ? undefined : '{}');
      if (answer.status !== 403) continue;
      forbidden.push(`${method} ${path}`);
      assertProblem(answer, path);
      assert.match(answer.text, /needs the role admin/, path);
      if (path === '/trust/rotate' || method.startsWith('DELETE')) continue;
      const allowed = await ask(method, filled(path, 'x'), admin, method === 'GET' ? undefined : '{}');
      assert.notEqual(allowed.status, 403, path);
    }
    assert.deepEqual(forbidden.toSorted(), administratorsOnly);
  });

  it('is closed to who has no token', async () => {
    // Of one address twenty failures are answered; the rest is slowed down.
    for (const { method, path, isOpen } of routes) {
      const answer = await ask(method, filled(path, 'x'), undefined);
      if (isOpen) continue;
      assert.ok(answer.status === 401 || answer.status === 429, `${method} ${path}: ${answer.status}`);
      assertProblem(answer, path);
    }
  });
});
