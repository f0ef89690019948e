/** What reaches the real listener and is no proper request: routes, sizes, times, framing and TLS. Nothing is written by it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { connect } from 'node:tls';
import { after, before, describe, it } from 'node:test';
import { onboard, type Rig, startRig, testClient } from '../support/wfm.ts';

describe('requests that are none', () => {
  let rig: Rig;
  let clientId: string;
  let path: string;
  before(async () => {
    rig = await startRig({ admission: 'open' });
    clientId = String((await onboard(rig, await testClient())).body['clientId']);
    path = `/api/v1/clients/${clientId}/capabilities/d`;
  });
  after(async () => {
    // The process is unharmed and nothing was written.
    assert.deepEqual((await rig.operator('GET', '/devices')).body['items'], []);
    assert.equal(((await rig.operator('GET', '/clients')).body['items'] as unknown[]).length, 1);
    await rig.stop();
  });

  it('unknown routes → 404, other methods → 405 with Allow', async () => {
    for (const unknown of [
      '/',
      '/api/v1',
      '/api/v1/onboarding/',
      '/api/v1/clients',
      '/operator/v1/clients',
      '/healthz',
      '/metrics',
      '/api/v1/clients/x',
    ]) {
      const answer = await rig.send({ method: 'GET', path: unknown });
      assert.deepEqual(
        [answer.status, answer.body['type']],
        [404, 'urn:muster:problem:route-not-found'],
        unknown,
      );
    }
    const cases: Array<[string, string, string]> = [
      ['DELETE', '/api/v1/onboarding', 'POST'],
      ['POST', '/api/v1/onboarding/certificate', 'GET, HEAD'],
      ['GET', `/api/v1/clients/${clientId}/capabilities`, 'POST, PUT'],
      ['PATCH', path, 'POST, PUT, DELETE'],
      ['DELETE', `/api/v1/clients/${clientId}/capabilities`, 'POST, PUT'],
      ['PROPFIND', '/api/v1/onboarding', 'POST'],
    ];
    for (const [method, where, allow] of cases) {
      const answer = await rig.send({ method, path: where });
      assert.equal(answer.status, 405, `${method} ${where}`);
      assert.equal(answer.headers['allow'], allow);
      assert.equal(answer.body['type'], 'urn:muster:problem:method-not-allowed');
    }
  });

  it('a body of 10 MB → 413, headers of 1 MB → 431', async () => {
    const big = await rig
      .send({
        method: 'PUT',
        path,
        headers: { 'content-type': 'application/json', 'content-length': '10485760' },
        body: Buffer.alloc(300_000, 32),
      })
      .catch((error: unknown) => error);
    // The connection may be closed while the client is still sending; what counts is that nobody reads on.
    if (big instanceof Error)
      assert.match(String((big as NodeJS.ErrnoException).code), /^(?:EPIPE|ECONNRESET)$/);
    else assert.equal((big as { status: number }).status, 413);
    const headers = await rig.send({
      method: 'GET',
      path: '/api/v1/onboarding/certificate',
      headers: { 'x-a': 'a'.repeat(15_000), 'x-b': 'b'.repeat(15_000) },
    });
    assert.equal(headers.status, 431);
    assert.equal(headers.body['type'], 'urn:muster:problem:header-fields-too-large');
  });

  /** Sends raw bytes and answers what comes back until the connection ends. */
  function raw(text: string): Promise<string> {
    const url = new URL(rig.url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: url.hostname, port: Number(url.port), ca: rig.ca }, () =>
        socket.write(text),
      );
      let answer = '';
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
      socket.setTimeout(20_000, () => socket.destroy(new Error('never answered')));
    });
  }

  it('ambiguous requests → 400', async () => {
    const host = new URL(rig.url).host;
    const ask = (start: string, more = ''): Promise<string> =>
      raw(`${start} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`);
    for (const answer of [
      await ask('GET https://evil.example/api/v1/onboarding/certificate'),
      await ask('GET /api/v1/onboarding/certificate#x'),
      await ask('GET /api/v1/onboarding/certificate', 'Host: evil.example\r\n'),
      await ask('GET /api/v1/onboarding/certificate', 'Signature: a\r\nsignature: b\r\n'),
      await ask('GET /api/v1/onboarding/certificate', 'X: a\r\n folded\r\n'),
      await ask('POST /api/v1/onboarding', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'),
      await ask('get /api/v1/onboarding/certificate'),
    ]) {
      assert.match(answer, /^HTTP\/1\.1 400 /);
      assert.match(answer, /"type":"https:\/\/docs\.margo\.org\/specification\/problems\/invalid-request"/);
    }
  });

  it('headers that never end are cut off', async () => {
    const answer = await raw('GET /api/v1/onboarding/certificate HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    assert.match(answer, /^HTTP\/1\.1 408 /);
  });

  it('a body that never ends is cut off, and nobody waits for it', async () => {
    const rig = await startRig({ admission: 'open' });
    try {
      const url = new URL(rig.url);
      const started = Date.now();
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = connect({ host: url.hostname, port: Number(url.port), ca: rig.ca }, () => {
          socket.write(
            'POST /api/v1/onboarding HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n',
          );
          const drip = setInterval(() => socket.write(' '), 500);
          socket.on('close', () => clearInterval(drip));
        });
        let text = '';
        socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
        socket.on('close', () => resolve(text));
        socket.on('error', reject);
        socket.setTimeout(40_000, () => socket.destroy(new Error('never answered')));
      });
      assert.match(answer, /^HTTP\/1\.1 408 /);
      assert.ok(Date.now() - started < 35_000);
    } finally {
      await rig.stop();
    }
  });

  it('HTTP/1.1 is all that is spoken, and no certificate is asked for', async () => {
    const url = new URL(rig.url);
    const meet = (ALPNProtocols: string[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const o = { host: url.hostname, port: Number(url.port), ca: rig.ca, ALPNProtocols };
        const socket = connect(o, () => {
          resolve(socket.alpnProtocol);
          socket.destroy();
        });
        socket.on('error', reject);
      });
    assert.equal(await meet(['h2', 'http/1.1']), 'http/1.1');
    await assert.rejects(meet(['h2']));
    const asked = await new Promise<string>((resolve) => {
      const args = ['s_client', '-connect', url.host];
      execFile('openssl', args, (_error, stdout) => resolve(stdout)).stdin?.end();
    });
    assert.match(asked, /No client certificate CA names sent/);
    assert.doesNotMatch(asked, /Requested Signature Algorithms|Client Certificate Types/);
  });

  it('TLS 1.2 is refused in the handshake', async () => {
    const url = new URL(rig.url);
    await assert.rejects(
      new Promise((resolve, reject) => {
        const socket = connect(
          { host: url.hostname, port: Number(url.port), ca: rig.ca, maxVersion: 'TLSv1.2' },
          () => resolve(socket.destroy()),
        );
        socket.on('error', reject);
      }),
    );
  });
});
