/** Connections that fail, over real sockets: answered where somebody asked by HTTP, closed where nobody did. */
import assert from 'node:assert/strict';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { answerTo } from '../../src/http/connection-error.ts';
import { startServer, talk } from '../support/listener.ts';

describe('a connection that fails', () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  before(async () => {
    server = await startServer({ handshakeMilliseconds: 1_000, headersMilliseconds: 1_000 }, (app) => {
      app.get('/', () => ({ ok: true }));
    });
  });
  after(() => server.app.close());
  const head = 'GET / HTTP/1.1\r\nHost: x\r\n';
  const stillServes = async (): Promise<void> => {
    const answer = await talk(server.port, (s) => s.write(`${head}Connection: close\r\n\r\n`));
    assert.match(answer, /^HTTP\/1\.1 200 /);
  };

  it('is closed without a word when the handshake took too long, though it ends after all', async () => {
    // What the client says first is held back until the server has given up.
    const relay = createServer((inner) => {
      const outer = connect(server.port, '127.0.0.1');
      inner.on('error', () => undefined).on('close', () => outer.destroy());
      outer.on('error', () => undefined).on('close', () => inner.destroy());
      outer.pipe(inner);
      inner.once('data', (hello) => setTimeout(() => outer.write(hello), 2_000));
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    try {
      const heard = await talk((relay.address() as AddressInfo).port, (s) => s.write(`${head}\r\n`));
      assert.equal(heard, '');
    } finally {
      relay.close();
    }
    await stillServes();
  });

  it('is closed without HTTP when it does not begin with TLS', async () => {
    const heard = await new Promise<string>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(`${head}\r\n`));
      let bytes = '';
      socket.on('data', (chunk: Buffer) => (bytes += chunk.toString('latin1')));
      socket.on('error', () => undefined).on('close', () => resolve(bytes));
    });
    assert.doesNotMatch(heard, /HTTP/);
    await stillServes();
  });

  it('is forgotten when the peer resets it within a request', async () => {
    const heard = await talk(server.port, (s) => {
      s.write(head);
      setTimeout(() => s.destroy(), 50);
    });
    assert.equal(heard, '');
    await stillServes();
  });

  const asked: ReadonlyArray<readonly [string, string, boolean, number, string]> = [
    ['what is no HTTP', 'hello\r\n\r\n', false, 400, 'invalid-request'],
    ['a request that ends in its head', head, true, 400, 'invalid-request'],
    ['a head that does not come to its end', head, false, 408, 'request-timeout'],
    [
      'a head that is too large',
      `${head}A: ${'a'.repeat(17_000)}\r\n\r\n`,
      false,
      431,
      'header-fields-too-large',
    ],
    [
      'chunk extensions without end',
      `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(17_000)}\r\nx`,
      false,
      413,
      'payload-too-large',
    ],
  ];
  for (const [name, bytes, isEnded, status, type] of asked) {
    it(`${name} → ${status} ${type}`, async () => {
      const answer = await talk(server.port, (s) => (isEnded ? s.end(bytes) : s.write(bytes)));
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as Record<string, unknown>;
      assert.ok(String(problem['type']).endsWith(type), String(problem['type']));
      assert.equal(problem['status'], status);
    });
  }

  it('is answered only for errors of the HTTP parser', () => {
    for (const code of [
      'ERR_TLS_HANDSHAKE_TIMEOUT',
      'ERR_SSL_NO_SHARED_CIPHER',
      'ERR_STREAM_PREMATURE_CLOSE',
      'ECONNRESET',
      'EPIPE',
      'ETIMEDOUT',
      undefined,
    ])
      assert.equal(answerTo(code), null, code);
    assert.equal(answerTo('HPE_INVALID_METHOD'), 'invalid-request');
  });
});
