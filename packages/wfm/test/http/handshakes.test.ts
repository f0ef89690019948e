/** TLS handshakes that are begun and not ended, over real sockets: so many at most, for so long at most, and nobody is kept out by them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it, type TestContext } from 'node:test';
import type { Limits } from '../../src/http/limits.ts';
import { startServer, talk } from '../support/listener.ts';

const get = (port: number): Promise<string> =>
  talk(port, (s) => s.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'));

/** The beginning of a ClientHello (RFC 8446 section 5.1) whose rest never comes. */
const begun = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);

interface Listener {
  readonly port: number;
  /** How many connections were closed for there being too many. */
  dropped(): number;
  /** A peer that begins a handshake and falls silent. */
  silent(): Promise<Socket>;
  /** Looks until so many connections are open. */
  until(count: number): Promise<void>;
}

async function listen(t: TestContext, limits: Partial<Limits>): Promise<Listener> {
  let dropped = 0;
  const { app, port } = await startServer({ handshakes: 4, ...limits }, (made) => {
    made.get('/', () => ({ ok: true }));
    made.server.on('drop', () => dropped++);
  });
  const peers: Socket[] = [];
  t.after(async () => {
    for (const peer of peers) peer.destroy();
    await app.close();
  });
  const count = (): Promise<number> =>
    new Promise((resolve, reject) =>
      app.server.getConnections((error, n) => (error === null ? resolve(n) : reject(error))),
    );
  return {
    port,
    dropped: () => dropped,
    async silent() {
      const socket = connect(port, '127.0.0.1');
      peers.push(socket);
      socket.on('error', () => undefined).resume();
      await once(socket, 'connect');
      socket.write(begun);
      return socket;
    },
    async until(wanted) {
      while ((await count()) !== wanted) await sleep(10);
    },
  };
}

describe('handshakes in progress', { timeout: 60_000 }, () => {
  it('are bounded: while they are young, a new connection is closed without a word', async (t) => {
    const listener = await listen(t, { handshakeGraceMilliseconds: 600_000, handshakeMilliseconds: 600_000 });
    const peers = [await listener.silent(), await listener.silent(), await listener.silent()];
    await listener.until(3);
    assert.match(await get(listener.port), /^HTTP\/1\.1 200 /, 'there is a place left');
    peers.push(await listener.silent());
    await listener.until(4);
    assert.equal(await get(listener.port), '');
    assert.equal(listener.dropped(), 1);
    assert.ok(peers.every((peer) => !peer.closed));
    peers[2]?.destroy();
    await listener.until(3);
    assert.match(await get(listener.port), /^HTTP\/1\.1 200 /, 'a place that is left is free');
  });

  it('keep nobody out: the oldest gives way once it has had its time', async (t) => {
    const listener = await listen(t, { handshakeGraceMilliseconds: 0, handshakeMilliseconds: 600_000 });
    const peers: Socket[] = [];
    for (let i = 0; i < 4; i++) {
      peers.push(await listener.silent());
      await listener.until(i + 1);
    }
    // One place is enough for all who come to an end.
    for (let i = 0; i < 8; i++) assert.match(await get(listener.port), /^HTTP\/1\.1 200 /);
    await listener.until(3);
    assert.equal(listener.dropped(), 1);
    assert.deepEqual(
      peers.map((peer) => peer.closed),
      [true, false, false, false],
    );
  });

  it('have an end, and count no more after it', async (t) => {
    const listener = await listen(t, { handshakeGraceMilliseconds: 600_000, handshakeMilliseconds: 1_500 });
    const peers = await Promise.all(Array.from({ length: 4 }, () => listener.silent()));
    await Promise.all(peers.map((peer) => peer.closed || once(peer, 'close')));
    await listener.until(0);
    const answers = await Promise.all(Array.from({ length: 4 }, () => get(listener.port)));
    assert.deepEqual(
      answers.map((text) => text.slice(9, 12)),
      ['200', '200', '200', '200'],
    );
    assert.equal(listener.dropped(), 0);
  });
});
