/** A device whose clock is impossible: what it believes, what it keeps, and what it never does. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type Certificate,
  createRootCa,
  encodeCertificates,
  generateKeyPair,
  issueServerCertificate,
  type KeyPair,
  readCertificateFile,
  selfSignedDeviceCertificate,
} from '@muster/pki';
import type { Wfm } from '@muster/wfm';
import { openClock } from '../src/clock/clock.ts';
import {
  isOfWrongClock,
  judgeLocalClock,
  judgeStatedTime,
  nextLowerBound,
  ownValidity,
  softwareDate,
} from '../src/clock/judge.ts';
import { DeviceError, type DeviceEvent, join, prepareIdentity, report, rotate } from '../src/index.ts';
import { layGround } from './support/ground.ts';

const { root, fresh, serve } = await layGround('clock');

const day = 86_400_000;
const at = (iso: string): number => Date.parse(iso);
const bound = at('2027-01-01T00:00:00Z');
const span = (from: string, to: string) => ({ notBefore: new Date(from), notAfter: new Date(to) });

describe('the judgement of time', () => {
  it('takes a local clock for impossible before the lower bound and years after it', () => {
    const verdict = (iso: string): string => judgeLocalClock(at(iso), bound);
    assert.deepEqual(
      ['1970-01-01', '2026-12-31T22:59:00Z', '2026-12-31T23:01:00Z', '2031-12-30', '2032-01-02'].map(verdict),
      ['too-early', 'too-early', 'plausible', 'plausible', 'too-late'],
    );
  });

  it('believes a stated time only after the bound and inside the validity of every certificate', () => {
    const chain = [span('2026-06-01', '2027-06-01'), span('2020-01-01', '2040-01-01')];
    const judge = (date: string | undefined, of = chain): string =>
      judgeStatedTime({ date, lowerBound: bound, chain: of }).verdict;
    assert.equal(judge('Mon, 01 Mar 2027 10:00:00 GMT'), 'believed');
    assert.equal(judge('Tue, 01 Dec 2026 10:00:00 GMT'), 'before-bound');
    assert.equal(judge('Wed, 01 Mar 2028 10:00:00 GMT'), 'outside-validity');
    for (const garbage of [undefined, '', 'yesterday', '-1', '\u0000']) {
      const verdict = judge(garbage);
      assert.ok(verdict !== 'believed', `${garbage}: ${verdict}`);
    }
    const expired = [span('2025-06-01', '2026-06-01'), span('2020-01-01', '2040-01-01')];
    assert.equal(judge('Mon, 01 Dec 2025 10:00:00 GMT', expired), 'expired-for-good');
    const oldRoot = [span('2026-06-01', '2027-06-01'), span('2020-01-01', '2026-12-01')];
    assert.equal(judge('Mon, 01 Mar 2027 10:00:00 GMT', oldRoot), 'expired-for-good');
  });

  it('moves the bound forward only, by a day or more, and not by one witness against a sound clock', () => {
    const move = (local: number, stated: number, notAfter = Infinity): number =>
      (nextLowerBound({ lowerBound: bound, local, stated, notAfter }) - bound) / day;
    assert.equal(move(bound + 0.5 * day, bound + 0.5 * day), 0, 'less than a day');
    assert.equal(move(bound + 2 * day, bound + 2 * day), 2);
    assert.equal(move(bound + 2 * day, bound - 9 * day), 0, 'never back');
    assert.equal(
      move(bound + 2 * day, bound + 900 * day),
      0,
      'a WFM that is years ahead moves no sound clock',
    );
    assert.equal(move(0, bound + 900 * day, bound + 30 * day), 30, 'no further than the certificate vouches');
    assert.equal(move(0, Number.NaN), 0);
  });

  it('makes certificates that are valid whatever the clock says, and knows those that never were', () => {
    for (const best of [0, bound, bound + 3650 * day]) {
      const { notBefore, days } = ownValidity({ lowerBound: bound, best });
      assert.ok(notBefore.getTime() < bound && days >= 3650 && days <= 3650 + 5 * 366, `${best}: ${days}`);
    }
    assert.equal(isOfWrongClock(span('1969-12-31', '1979-12-29'), softwareDate, null), true);
    assert.equal(isOfWrongClock(span('2036-01-01', '2046-01-01'), softwareDate, null), true);
    assert.equal(isOfWrongClock(span('2028-01-01', '2038-01-01'), bound, at('2027-06-01')), true);
    assert.equal(isOfWrongClock(span('2026-01-01', '2036-01-01'), bound, at('2027-06-01')), false);
  });
});

describe('the lower bound on disk', () => {
  it('is kept, moves at most once a day, never back, and is ignored when it is damaged', async () => {
    await prepareIdentity({ stateDirectory: joinPath(root, 'bound') });
    const folder = joinPath(root, 'bound');
    let local = bound;
    const clock = await openClock(folder, () => local);
    await clock.hear(bound, Infinity);
    assert.equal((await stat(clock.path)).mode & 0o777, 0o600);
    const first = (await stat(clock.path)).ino;
    for (let hour = 1; hour < 24; hour++) {
      local = bound + hour * 3_600_000;
      await clock.hear(local, Infinity);
    }
    assert.equal((await stat(clock.path)).ino, first, 'not written at each answer');
    local = bound + day;
    await clock.hear(local, Infinity);
    assert.notEqual((await stat(clock.path)).ino, first);
    await clock.hear(bound - 500 * day, Infinity);
    assert.equal((await openClock(folder, () => local)).lowerBound, bound + day);
    const whole = await readFile(clock.path);
    for (let index = 0; index < whole.length - 1; index++) {
      const flipped = Buffer.from(whole);
      flipped[index] = (flipped[index] ?? 0) ^ 0x01;
      await writeFile(clock.path, flipped);
      assert.equal((await openClock(folder, () => local)).lowerBound, softwareDate, `byte ${index}`);
    }
    await writeFile(clock.path, whole.subarray(0, 20));
    assert.equal((await openClock(folder, () => local)).lowerBound, softwareDate);
  });
});

describe('a device whose clock is impossible, and a real WFM', () => {
  let wfm: Wfm;
  before(async () => {
    wfm = await serve();
  });

  for (const [name, now] of [
    ['1970', () => performance.now()],
    ['ten years ahead', () => Date.now() + 3652 * day],
  ] as const) {
    it(`of ${name} joins, signs by the WFM's time, warns once, and makes a sound certificate`, async () => {
      const stateDirectory = fresh();
      const events: DeviceEvent[] = [];
      const onEvent = (e: DeviceEvent): number => events.push(e);
      const { clientId } = await join({
        stateDirectory,
        trust: { joinString: wfm.joinString },
        now,
        onEvent,
      });
      const clocks = events.filter((e) => e.event === 'clock');
      assert.equal(clocks.length, 1);
      assert.ok(clocks[0]?.event === 'clock' && Math.abs(clocks[0].offsetSeconds) > 3000 * 86_400);
      const [certificate] = readCertificateFile(await readFile(joinPath(stateDirectory, 'certificate.pem')));
      assert.ok(certificate !== undefined);
      assert.ok(certificate.notBefore.getTime() < Date.now());
      assert.ok(certificate.notAfter.getTime() > Date.now() + 3000 * day);
      const clock = await openClock(stateDirectory, now);
      assert.ok(Math.abs(clock.lowerBound - Date.now()) < 60_000, 'the WFM’s time is kept');
      assert.equal((await report({ stateDirectory, now })).status, 200);
      assert.equal((await rotate({ stateDirectory, now })).clientId, clientId);
      assert.equal((await rotate({ stateDirectory, now, sameKey: true })).clientId, clientId);
      assert.equal(events.filter((e) => e.event === 'clock').length, 1, 'no second warning');
      // The clock is set right: the same client, and the offset is given up.
      const right: DeviceEvent[] = [];
      await report({ stateDirectory, onEvent: (e) => right.push(e) });
      assert.ok(right.some((e) => e.event === 'clock' && e.offsetSeconds === 0));
    });
  }

  it('replaces a certificate that it has made by a wrong clock, with the same key', async () => {
    for (const notBefore of [0, Date.now() + 3652 * day]) {
      const stateDirectory = fresh();
      const { spkiSha256 } = await prepareIdentity({ stateDirectory });
      const path = joinPath(stateDirectory, 'certificate.pem');
      const { loadKeyFile } = await import('@muster/pki');
      const keys = await loadKeyFile(joinPath(stateDirectory, 'key.pem'));
      const wrong = await selfSignedDeviceCertificate({
        keys,
        commonName: 'wrong',
        notBefore: new Date(notBefore),
        days: 3650,
      });
      await writeFile(path, wrong.pem);
      await join({ stateDirectory, trust: { joinString: wfm.joinString } });
      const [now] = readCertificateFile(await readFile(path));
      assert.notEqual(now?.sha256, wrong.sha256);
      assert.equal(now?.spkiSha256, spkiSha256);
    }
  });
});

describe('a device whose clock is impossible, and an attacker', () => {
  let ca: Certificate;
  let caKeys: KeyPair;
  const servers: Server[] = [];
  const local = (): number => performance.now();
  before(async () => {
    caKeys = await generateKeyPair('p256');
    const notBefore = new Date('2025-01-01');
    ca = await createRootCa({ keys: caKeys, commonName: 'root', notBefore, days: 3650 });
  });
  after(() => servers.forEach((s) => s.close().closeAllConnections()));

  async function serve(o: {
    from: number;
    days: number;
    date?: string;
    hosts?: string[];
    by?: KeyPair;
  }): Promise<{ url: string; caPin: string; asked: string[] }> {
    const keys = await generateKeyPair('p256');
    const cert = await issueServerCertificate({
      ca,
      caKey: (o.by ?? caKeys).privateKey,
      publicKey: keys.publicKey,
      hosts: o.hosts ?? ['127.0.0.1'],
      notBefore: new Date(o.from),
      days: o.days,
    });
    const key = keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const asked: string[] = [];
    const server = createServer({ key, cert: cert.pem }, (request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['signature'] ?? ''}`.trim());
      response.sendDate = false;
      if (o.date !== undefined) response.setHeader('date', o.date);
      if (request.url === '/api/v1/onboarding/certificate')
        return response.end(JSON.stringify({ certificate: encodeCertificates([ca], 'base64-der') }));
      return response.end(JSON.stringify({ clientId: 'stolen' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    return { url: `https://127.0.0.1:${port}`, caPin: `sha256:${ca.sha256}`, asked };
  }

  async function refused(server: Awaited<ReturnType<typeof serve>>, wanted: RegExp): Promise<void> {
    for (const stateDirectory of [fresh(), await learned()]) {
      await assert.rejects(
        join({ stateDirectory, trust: { url: server.url, caPin: server.caPin }, now: local }),
        (e) => {
          assert.ok(e instanceof DeviceError && e.code === 'trust', String(e));
          assert.match(`${e.message} ${e.seen}`, wanted);
          return e.nextStep.length > 0;
        },
      );
    }
    assert.ok(server.asked.every((line) => !line.includes('sig1') && !line.includes('POST')));
  }

  async function learned(): Promise<string> {
    const stateDirectory = fresh();
    await prepareIdentity({ stateDirectory });
    const clock = await openClock(stateDirectory, local);
    await clock.hear(Date.now(), Infinity);
    return stateDirectory;
  }
  const http = (time: number): string => new Date(time).toUTCString();

  it('with a stolen key whose certificate has expired before the bound, is refused for good', async () => {
    const from = softwareDate - 200 * day;
    await refused(await serve({ from, days: 100, date: http(from + day) }), /expired for good/);
  });

  it('with a stolen key and an old date, is refused once the device has learned a later one', async () => {
    const from = softwareDate + 10 * day;
    const server = await serve({ from, days: 60, date: http(from + day) });
    await assert.rejects(
      join({ stateDirectory: await learned(), trust: server, now: local }),
      (e) => e instanceof DeviceError && e.code === 'trust' && /for good/.test(e.message),
    );
  });

  it('with a date outside the validity, before the bound, of garbage or none, is refused by name', async () => {
    const from = Date.now() - 30 * day;
    await refused(await serve({ from, days: 60, date: http(Date.now() + 900 * day) }), /expired|valid/);
    await refused(
      await serve({ from, days: 60, date: http(softwareDate - 9 * day) }),
      /not valid yet|before/,
    );
    await refused(await serve({ from, days: 60, date: 'tomorrow' }), /no time/);
    await refused(await serve({ from, days: 60 }), /no time/);
  });

  it('with another name or another issuer is refused all the same', async () => {
    const [from, date] = [Date.now() - 30 * day, http(Date.now())];
    await refused(await serve({ from, days: 60, date, hosts: ['other.example'] }), /altname|not for|IP/i);
    const by = await generateKeyPair('p256');
    await refused(await serve({ from, days: 60, date, by }), /did not sign|issuer|authority/);
  });

  it('cannot use an expired certificate on a device that was set back to when it was good', async () => {
    const stateDirectory = await learned();
    const back = Date.now() - 200 * day;
    const server = await serve({ from: back - 20 * day, days: 400, date: http(back) });
    await assert.rejects(
      join({ stateDirectory, trust: server, now: () => back }),
      (e) => e instanceof DeviceError && /before one that this device has seen/.test(e.message),
    );
  });
});
