/** WFMs that answer what they should not: the device stays who it is, and says calmly what it saw. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { encodeCertificates } from '@muster/pki';
import { DeviceError, type DeviceEvent, join, report, runAgent, status } from '../src/index.ts';
import { retryAfter } from '@muster/protocol';
import { exchange } from '../src/http/exchange.ts';
import {
  answer,
  isOnboarding,
  type OtherServers,
  type Served,
  startOtherServers,
} from './support/other-servers.ts';
import { contentOf } from './support/content.ts';
import { layGround } from './support/ground.ts';

const { root, fresh } = await layGround('hostile');
let servers: OtherServers;
before(async () => {
  servers = await startOtherServers();
});
after(() => servers.close());

describe('another clientId than before', () => {
  it('is refused by the daemon, which keeps its state, and accepted by whoever joins again', async () => {
    let [given, known] = ['c-1', 'c-1'];
    const trust = await servers.serve((request, response) => {
      if (isOnboarding(request)) return answer(response, 201, { clientId: given });
      const isKnown = request.url?.includes(`/clients/${known}/`) === true;
      return isKnown
        ? answer(response, 201)
        : answer(response, 404, { type: 'https://docs.margo.org/specification/problems/invalid-client' });
    });
    const stateDirectory = fresh();
    assert.equal((await join({ stateDirectory, trust })).clientId, 'c-1');
    [given, known] = ['c-2', 'c-2'];
    // Not the whole folder: the clock goes on with the time, and what the machine has is noted beside the state at any time.
    const kept = async (): Promise<string[]> => {
      const read = (name: string): Promise<string> => readFile(joinPath(stateDirectory, name), 'utf8');
      const binding = `bindings/${(await read('current')).trim()}/binding.json`;
      return Promise.all(['current', binding, 'identity.json', 'key.pem', 'certificate.pem'].map(read));
    };
    const before = await kept();
    const controller = new AbortController();
    const states: Extract<DeviceEvent, { event: 'state' }>[] = [];
    const until = async (wanted: string): Promise<void> => {
      for (let i = 0; i < 200 && states.at(-1)?.state !== wanted; i++)
        await new Promise((r) => setTimeout(r, 20));
      assert.equal(states.at(-1)?.state, wanted);
    };
    const running = runAgent({
      stateDirectory,
      pollSeconds: 0.1,
      heartbeatSeconds: 0.1,
      slowRetrySeconds: 0.1,
      spreadSeconds: 0,
      signal: controller.signal,
      onEvent: (e) => void (e.event === 'state' && states.push(e)),
    });
    try {
      await until('refused');
      const [refused] = states.filter((s) => s.state === 'refused');
      assert.match(refused?.detail ?? '', /another clientId. Seen: c-2/);
      assert.match(refused?.nextStep ?? '', /muster device join/);
      assert.deepEqual(await kept(), before);
      // The WFM is restored: the daemon goes on as the client that it was.
      known = 'c-1';
      await until('active');
    } finally {
      controller.abort();
      await running;
    }
    assert.equal((await status({ stateDirectory })).clientId, 'c-1');
    known = 'c-2';
    const notices: string[] = [];
    const again = await join({
      stateDirectory,
      trust,
      onEvent: (e) => void (e.event === 'notice' && notices.push(e.text)),
    });
    assert.equal(again.clientId, 'c-2');
    assert.deepEqual(notices, ['The WFM has forgotten c-1; this device is c-2 now.']);
    assert.equal((await status({ stateDirectory })).clientId, 'c-2');
  });
});

const http = (head: string, body = ''): string => `HTTP/1.1 ${head}\r\n\r\n${body}`;
const created = http('201 Created\r\nContent-Length: 2', '{}');

/** Writes for as long as the other side takes it. @returns nothing; the socket's end ends it */
function flood(socket: TLSSocket, chunk: string): void {
  const write = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', write);
  write();
}

describe('answers that are none', () => {
  let behave: (socket: TLSSocket, request: string) => void;
  let requests = 0;
  let written: () => number = () => 0;
  let trust: Served;
  const stateDirectory = joinPath(root, 'joined');
  const well = (socket: TLSSocket, request: string): void => {
    const body = request.includes('/onboarding/certificate')
      ? JSON.stringify({ certificate: encodeCertificates([servers.ca], 'base64-der') })
      : JSON.stringify({ clientId: 'c-1' });
    socket.end(http(`200 OK\r\nContent-Length: ${body.length}`, body));
  };
  before(async () => {
    behave = well;
    trust = await servers.serveRaw((socket, request) => {
      requests++;
      written = () => socket.bytesWritten;
      behave(socket, request);
    });
    await join({ stateDirectory, trust });
  });

  const cases: Array<[string, (socket: TLSSocket, request: string) => void, DeviceError['code']]> = [
    ['garbage', (s) => void s.end(randomBytes(4_000)), 'unreachable'],
    ['a close before anything', (s) => void s.end(), 'unreachable'],
    ['a close in the status line', (s) => void s.end('HTTP/1.1 20'), 'unreachable'],
    ['a close in the head', (s) => void s.end('HTTP/1.1 201 Created\r\nContent-Le'), 'unreachable'],
    ['a close in the body', (s) => void s.end(http('201 Created\r\nContent-Length: 99', '{')), 'unreachable'],
    [
      'a connection that is torn down in the body',
      (s) => void (s.write(http('201 Created\r\nContent-Length: 99', '{')), s.destroy()),
      'unreachable',
    ],
    [
      'a head without end',
      (s) => flood(s, `HTTP/1.1 201 Created\r\n${'x-a: b\r\n'.repeat(9_000)}`),
      'unreachable',
    ],
    ['100,000 fields', (s) => void s.end(http(`201 Created\r\n${'a:\r\n'.repeat(100_000)}`)), 'unreachable'],
    [
      'a body without end',
      (s) => {
        s.write(http('201 Created\r\nContent-Type: application/json'));
        flood(s, 'a'.repeat(65_536));
      },
      'protocol',
    ],
    [
      'two lengths',
      (s) => void s.end(http('201 Created\r\nContent-Length: 2\r\nContent-Length: 3', '{}')),
      'unreachable',
    ],
    [
      'a redirect to itself',
      (s) => void s.end(http(`302 Found\r\nLocation: ${trust.url}/\r\nContent-Length: 0`)),
      'refused',
    ],
    ['408', (s) => void s.end(http('408 Slow\r\nContent-Length: 0')), 'unreachable'],
    ['500', (s) => void s.end(http('500 Oh\r\nContent-Length: 0')), 'unreachable'],
    [
      '503 for ever',
      (s) => void s.end(http('503 Oh\r\nRetry-After: 999999999999\r\nContent-Length: 0')),
      'unreachable',
    ],
    ['a status that there is none of', (s) => void s.end(http('999 Oh\r\nContent-Length: 0')), 'unreachable'],
    [
      'HTML for an error',
      (s) => void s.end(http('403 No\r\nContent-Type: text/html\r\nContent-Length: 6', '<html>')),
      'refused',
    ],
    [
      'JSON that is deep',
      (s) => void s.end(http('403 No\r\nContent-Length: 900000', '['.repeat(900_000))),
      'refused',
    ],
  ];
  for (const [name, handle, expected] of cases) {
    it(`${name} → ${expected}, soon, in one sentence, and the state is unharmed`, async () => {
      const before = await contentOf(stateDirectory);
      behave = handle;
      requests = 0;
      await assert.rejects(report({ stateDirectory }), (error) => {
        assert.ok(error instanceof DeviceError, String(error));
        assert.equal(error.code, expected, `${error.message} ${error.seen}`);
        assert.ok(error.message.length < 120 && (error.seen ?? '').length < 300 && error.nextStep !== '');
        return true;
      });
      assert.equal(requests, 1, 'asked once');
      assert.ok(written() < 8_000_000, `${written()} bytes were taken`);
      assert.deepEqual(await contentOf(stateDirectory), before);
    });
  }

  const endless: Array<[string, (socket: TLSSocket) => void]> = [
    ['one byte a tick', (s) => void drip(s, created)],
    ['one byte a tick of a body', (s) => void (s.write(http('201 Created')), drip(s, '{}'.repeat(9_999)))],
    ['silence', () => undefined],
    ['interim answers without end', (s) => void drip(s, http('103 Wait').repeat(9_999), 12)],
  ];
  function drip(socket: TLSSocket, text: string, size = 1): void {
    let at = 0;
    const timer = setInterval(() => {
      socket.write(text.slice(at, (at += size)));
    }, 25);
    socket.on('close', () => clearInterval(timer));
  }
  for (const [name, handle] of endless) {
    it(`${name} ends with the time that an answer may take as a whole`, async () => {
      behave = handle;
      const anchors = { kind: 'ca', pem: [servers.ca.pem] } as const;
      await assert.rejects(
        exchange({ url: `${trust.url}/`, method: 'GET', anchors, timeoutMilliseconds: 400 }),
        (e) =>
          e instanceof DeviceError && e.code === 'unreachable' && e.seen === 'no whole answer within 0.4 s',
      );
    });
  }

  it('a Date that is garbage, or the last there is, keeps nobody from reporting', async () => {
    for (const date of [
      'garbage',
      '-1',
      'Sat, 13 Sep 275760 00:00:00 GMT',
      'Thu, 01 Jan 1970 00:00:00 GMT',
    ]) {
      behave = (s) => void s.end(http(`201 Created\r\nDate: ${date}\r\nContent-Length: 2`, '{}'));
      assert.equal((await report({ stateDirectory })).status, 201, date);
    }
    behave = well;
    assert.equal((await report({ stateDirectory })).status, 200);
  });

  it('10,000 CA certificates, or a thousand, are refused', async () => {
    for (const [many, seen] of [
      [10_000, /more than/],
      [1_000, /./],
    ] as const) {
      const certificate = Buffer.from(servers.ca.pem.repeat(many)).toString('base64');
      const body = JSON.stringify({ certificate });
      behave = (s) => void s.end(http(`200 OK\r\nContent-Length: ${body.length}`, body));
      const before = await contentOf(stateDirectory);
      await assert.rejects(
        join({ stateDirectory, trust }),
        (e) => e instanceof DeviceError && e.code === 'protocol' && seen.test(e.seen ?? ''),
      );
      assert.deepEqual(await contentOf(stateDirectory), before);
    }
  });
});

describe('Retry-After', () => {
  it('is read as seconds or as a date by the clock of the answer, and bounded', () => {
    const now = Date.parse('2026-07-01T00:00:00Z');
    const read = (value: string, date?: string): number | undefined =>
      retryAfter(
        { headers: { 'retry-after': value, ...(date === undefined ? {} : { date }) } },
        undefined,
        now,
      );
    assert.deepEqual(
      ['0', ' 120 ', '999999999', '9'.repeat(400)].map((v) => read(v)),
      [0, 120, 86_400, 86_400],
    );
    assert.deepEqual(
      ['-5', '1.5', 'soon 5', '', '2026-07-02', '5, 6'].map((v) => read(v)),
      Array(6).fill(undefined),
    );
    assert.equal(read('Wed, 01 Jul 2026 00:02:00 GMT'), 120);
    assert.equal(read('Wed, 01 Jul 2020 00:02:00 GMT'), 0);
    assert.equal(read('Sat, 13 Sep 275760 00:00:00 GMT'), 86_400);
    assert.equal(
      read('Wed, 01 Jul 2020 00:02:00 GMT', 'Wed, 01 Jul 2020 00:01:00 GMT'),
      60,
      'whoever is years off',
    );
    assert.equal(retryAfter({ headers: {} }, 1e12, now), 86_400);
    assert.equal(retryAfter({ headers: {} }, undefined, now), undefined);
  });
});
