/** Proxies that change what a device has signed, each in one way: the doctor finds them and says which. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import { type AddressInfo, createServer as createPlainServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Check } from '@muster/protocol';
import { signedEchoCheck } from '../../src/doctor/signed-echo.ts';
import { type Rig, startRig } from '../support/wfm.ts';

interface Passing {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
/** What a proxy makes of a request. */
type Change = (passing: Passing) => Passing;

async function freePort(): Promise<number> {
  const server = createPlainServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a signed request through a public URL', () => {
  let data: string;
  let known: Rig;
  let guessing: Rig;
  const servers: Server[] = [];
  let change: Change = (passing) => passing;

  async function proxy(port: number, backend: () => string, ca: () => string): Promise<void> {
    const [key, cert] = await Promise.all(
      ['server-key.pem', 'server.pem'].map((name) => readFile(join(data, 'trust', name), 'utf8')),
    );
    const server = createServer({ key, cert, minVersion: 'TLSv1.3' }, (incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
      incoming.on('end', () => {
        const { method = '', url: path = '', headers } = incoming;
        const passing = change({ method, path, headers, body });
        const { host, port: to } = new URL(backend());
        const length = { 'content-length': String(Buffer.byteLength(passing.body)) };
        request(
          {
            host: host.split(':')[0],
            port: to,
            ca: ca(),
            // Node would take the name from the Host header, which is what is being changed.
            servername: '',
            checkServerIdentity: () => undefined,
            method: passing.method,
            path: passing.path,
            headers: { ...passing.headers, ...length },
            agent: false,
          },
          (answer) => {
            outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
            answer.pipe(outgoing);
          },
        )
          .on('error', (error) => outgoing.writeHead(502).end(error.message))
          .end(passing.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    servers.push(server);
  }

  let [publicPort, otherPort] = [0, 0];
  let backend = '';
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'muster-echo-'));
    publicPort = await freePort();
    otherPort = await freePort();
    const devicePort = await freePort();
    backend = `https://127.0.0.1:${devicePort}`;
    // One knows its public URL; the other, behind the same kind of proxy, goes by the Host header.
    known = await startRig({
      data,
      deviceListen: `127.0.0.1:${devicePort}`,
      publicUrls: [`https://127.0.0.1:${publicPort}`],
      admission: 'open',
    });
    guessing = await startRig({ admission: 'open' });
    await proxy(
      publicPort,
      () => backend,
      () => known.ca,
    );
    await proxy(
      otherPort,
      () => guessing.url,
      () => guessing.ca,
    );
  });
  after(async () => {
    for (const server of servers) server.close().closeAllConnections();
    await known.stop();
    await guessing.stop();
    await rm(data, { recursive: true, force: true });
  });

  const examine = async (by: Change, port = publicPort): Promise<Check> => {
    change = by;
    return signedEchoCheck({ url: `https://127.0.0.1:${port}`, ca: known.ca, now: Date.now() });
  };
  const without =
    (...names: string[]): Change =>
    (passing) => ({
      ...passing,
      headers: Object.fromEntries(Object.entries(passing.headers).filter(([name]) => !names.includes(name))),
    });

  it('arrives as it was sent, and lets nobody in', async () => {
    for (const check of [
      await examine((passing) => passing),
      await examine((passing) => passing, otherPort),
      // Where the public URL is known, the Host header may be what it likes.
      await examine((passing) => ({ ...passing, headers: { ...passing.headers, host: 'backend.internal' } })),
    ])
      assert.deepEqual([check.result, check.seen], ['pass', 'a signed request arrives as it was sent']);
    assert.deepEqual((await known.operator('GET', '/clients')).body['items'], []);
    assert.deepEqual((await known.operator('GET', '/enrollments')).body['items'], []);
  });

  const changes: Array<[string, Change, RegExp]> = [
    ['path', (p) => ({ ...p, path: `/plant${p.path}` }), /the path does not arrive: 404/],
    [
      'query',
      (p) => ({ ...p, path: `${p.path}?via=proxy` }),
      /path arrives as .*onboarding\?via=proxy, and was/,
    ],
    ['body', (p) => ({ ...p, body: JSON.stringify(JSON.parse(p.body), null, 2) }), /^the body is changed/],
    ['signature', without('signature', 'signature-input'), /removed on the way \(signature-missing\)/],
    ['digest', without('content-digest'), /removed on the way \(digest-missing\)/],
    ['method', (p) => ({ ...p, method: 'PUT' }), /^405 /],
  ];
  for (const [what, by, seen] of changes)
    it(`whose ${what} is changed is found, and said so`, async () => {
      const check = await examine(by);
      assert.equal(check.result, 'fail', check.seen);
      assert.match(check.seen, seen);
      assert.ok((check.fix ?? '') !== '');
    });

  it('whose host is changed is found where the WFM does not know its public URL', async () => {
    const check = await examine(
      (passing) => ({ ...passing, headers: { ...passing.headers, host: 'backend.internal:9000' } }),
      otherPort,
    );
    assert.match(check.seen, /^the host arrives as backend\.internal:9000, and was 127\.0\.0\.1:\d+$/);
    assert.match(check.fix ?? '', /--public-url/);
  });

  it('that never comes back is named, too', async () => {
    const url = `https://127.0.0.1:${await freePort()}`;
    const check = await signedEchoCheck({ url, ca: known.ca, now: Date.now() });
    assert.deepEqual([check.result, /ECONNREFUSED/.test(check.seen)], ['fail', true]);
  });
});
