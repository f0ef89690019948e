/** More than can be served: refused early, with a time of one's own; operators are not. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { pino } from 'pino';
import { Appointments } from '../../src/http/appointments.ts';
import { defaultLimits } from '../../src/http/limits.ts';
import { openFilesLimit, possibleConnections } from '../../src/http/open-files.ts';
import { LoadGuard } from '../../src/http/overload.ts';
import { startServer, talk } from '../support/listener.ts';
import { type Answer, onboard, type Rig, startRig, testClient } from '../support/wfm.ts';

describe('appointments', () => {
  it('follow one after another, at four fifths of the pace of late, and never more than a minute ahead', () => {
    const appointments = new Appointments();
    let now = 1_000_000;
    for (; now < 1_003_000; now += 10) appointments.served(now);
    // 100 a second were served: 80 a second may come again.
    const given = Array.from({ length: 800 }, () => appointments.give(now));
    assert.equal(given[0], 3);
    assert.equal(given[799], 12);
    for (let second = 3; second < 12; second++) assert.equal(given.filter((s) => s === second).length, 80);
    for (let i = 0; i < 100_000; i++) assert.ok(appointments.give(now) <= 60);
    // Later the same times are nearer.
    assert.ok(appointments.give(now + 50_000) <= 60);
    assert.equal(appointments.give(now + 500_000), 3);
  });

  it('do not crowd after seconds in which nobody was served', () => {
    const appointments = new Appointments();
    for (let now = 0; now < 3_000; now += 10) appointments.served(now);
    const given = Array.from({ length: 80 }, (_, i) => appointments.give(3_000 + i * 50));
    assert.ok(Math.max(...given) <= 4);
    // Nothing measured yet: twenty a second.
    const fresh = new Appointments();
    assert.equal(Array.from({ length: 160 }, () => fresh.give(0)).at(-1), 12);
  });
});

describe('open files', () => {
  it('bound the connections, and leave some for the rest', () => {
    const text =
      'Limit   Soft Limit  Hard Limit  Units\nMax open files            1024                 4096   files\n';
    assert.equal(openFilesLimit(text), 1024);
    assert.equal(
      openFilesLimit('Max open files            unlimited            unlimited            files'),
      null,
    );
    assert.equal(possibleConnections(2), 2);
  });
});

describe('a listener that is busy', { timeout: 60_000 }, () => {
  let release: () => void = () => undefined;
  let guard: LoadGuard;
  let server: Awaited<ReturnType<typeof startServer>>;
  const log = pino({ level: 'silent' });
  before(async () => {
    const limits = { ...defaultLimits, requestsInProgress: 1, connections: 100 };
    server = await startServer(limits, (app) => {
      guard = new LoadGuard({ limits, log, now: Date.now });
      guard.guard(app);
      app.get('/', () => ({ ok: true }));
      app.put('/slow', () => new Promise((resolve) => (release = () => resolve({ ok: true }))));
    });
  });
  after(() => server.app.close());
  const get = (): Promise<string> =>
    talk(server.port, (s) => s.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'));
  /** The head of a request whose body never comes. */
  const bodiless = (): Promise<string> =>
    talk(server.port, (s) => {
      s.write('PUT /slow HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Length: 9\r\n\r\n');
      s.once('data', () => s.destroy());
    });
  async function until(condition: () => Promise<boolean>): Promise<void> {
    while (!(await condition())) await sleep(20);
  }

  it('refuses before a body comes while its hands are full, and goes on when they are free', async () => {
    const slow = talk(server.port, (s) =>
      s.write(
        'PUT /slow HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx',
      ),
    );
    await until(async () => (await guard.load()).requestsInProgress === 1);
    const refused = await bodiless();
    assert.match(refused, /^HTTP\/1\.1 503 /);
    assert.match(refused, /\r\nretry-after: 3\r\n/i);
    const { instance: _, ...problem } = JSON.parse(refused.slice(refused.indexOf('\r\n\r\n'))) as Record<
      string,
      unknown
    >;
    const detail = 'More requests come than can be served. Come again after the time of Retry-After.';
    assert.deepEqual(problem, {
      type: 'urn:muster:problem:overloaded',
      title: 'More requests come than can be served',
      status: 503,
      detail,
      retryable: true,
      retryAfterSeconds: 3,
      error: 'More requests come than can be served',
      message: detail,
    });
    assert.match(await get(), /^HTTP\/1\.1 200 /, 'what needs no signature is served');
    release();
    assert.match(await slow, /^HTTP\/1\.1 200 /);
    await until(async () => (await guard.load()).requestsInProgress === 0);
    assert.match(await get(), /^HTTP\/1\.1 200 /);
    assert.equal((await guard.load()).refusedForOverload, 1);
  });

  it('counts no request whose body does not come, nor one whose sender has gone', async () => {
    const waiting = talk(server.port, (s) => {
      s.write('PUT /slow HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Length: 9\r\n\r\n');
      setTimeout(() => s.destroy(), 300);
    });
    assert.match(await get(), /^HTTP\/1\.1 200 /);
    await waiting;
    const gone = talk(server.port, (s) => {
      s.write('PUT /slow HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Length: 1\r\n\r\nx');
      void until(async () => (await guard.load()).requestsInProgress === 1).then(() => s.destroy());
    });
    await gone;
    await until(async () => (await guard.load()).requestsInProgress === 0);
    assert.match(await get(), /^HTTP\/1\.1 200 /);
  });

  it('closes connections above its bound, and counts them', async () => {
    const silent = Array.from({ length: 100 }, () => connect(server.port, '127.0.0.1'));
    for (const socket of silent) socket.on('error', () => undefined);
    await until(async () => (await guard.load()).connections === 100);
    assert.equal(await get(), '');
    assert.ok((await guard.load()).droppedConnections >= 1);
    for (const socket of silent) socket.destroy();
    await until(async () => (await get()).startsWith('HTTP/1.1 200 '));
  });
});

describe('a WFM that is busy', { timeout: 60_000 }, () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig({ admission: 'hold', holdSeconds: 20, maxRequests: 1 });
  });
  after(() => rig.stop());

  it('tells devices to come again, serves operators, and says so in its metrics', async () => {
    const [first, second] = await Promise.all([testClient(), testClient()]);
    // Held for an operator: the only request that may be in progress.
    const held = onboard(rig, first);
    const pending = async (): Promise<Array<Record<string, unknown>>> =>
      (await rig.operator('GET', '/enrollments?state=pending')).body['items'] as Array<
        Record<string, unknown>
      >;
    while ((await pending()).length === 0) await sleep(20);
    const refused = await onboard(rig, second);
    assert.equal(refused.status, 503);
    assert.equal(refused.body['type'], 'urn:muster:problem:overloaded');
    assert.equal(refused.headers['retry-after'], String(refused.body['retryAfterSeconds']));
    assert.equal((await pending()).length, 1, 'nothing was written for the refused one');
    const beside = (path: string): Promise<Answer> =>
      rig.send({ method: 'GET', path, base: rig.wfm.operatorUrl });
    assert.equal((await beside('/healthz')).status, 200);
    assert.equal((await beside('/readyz')).status, 200);
    const { text } = await beside('/metrics');
    assert.match(text, /^muster_device_requests_refused_for_overload_total 1$/m);
    assert.match(text, /^muster_device_requests_in_progress 1$/m);
    assert.match(text, /^muster_device_connections_dropped_total 0$/m);
    const approval = `/enrollments/${first.certificate.sha256}/approve`;
    assert.equal((await rig.operator('POST', approval)).status, 200);
    assert.equal((await held).status, 201);
  });
});
