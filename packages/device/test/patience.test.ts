/** Months without a network, days of errors, windows and rates: simulated days of the daemon against real servers. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AgentOptions, join, parseWindow, report, status } from '../src/index.ts';
import { shareOfSpan } from '../src/schedule/back-off.ts';
import { contentOf } from './support/content.ts';
import { isRefusal, isState, itemsOf, layGround, runDaemon } from './support/ground.ts';
import {
  answer,
  isOnboarding,
  type OtherServers,
  type Served,
  startOtherServers,
} from './support/other-servers.ts';
import { SimulatedTime } from './support/simulated.ts';

const ground = await layGround('patience');
const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

/**
 * Each wait is lived: a day of a device that always tries takes seconds of a processor's time, and so do three on which it looks for
 * an hour. After an hour a day is like the one before it, but for what would pile up: CI lives thirty and ninety.
 */
const daysOfTrying = Number(process.env['MUSTER_OFFLINE_DAYS'] ?? 1);
const daysOfLooking = 3 * daysOfTrying;

describe('a daemon without its WFM', () => {
  type States = Awaited<ReturnType<SimulatedTime['live']>>['states'];
  /** Takes the WFM away from a device for so many days, every wait of which is lived, and brings it back. */
  async function away(
    days: number,
    more: Partial<AgentOptions>,
  ): Promise<{ states: States; waits: number[] }> {
    const data = ground.fresh('wfm');
    const wfm = await ground.serve({ data });
    const stateDirectory = ground.fresh();
    // Its clock is right on the day on which the WFM is back.
    const back = Date.now();
    const time = new SimulatedTime(back - days * day);
    const { clientId } = await join({
      stateDirectory,
      trust: { joinString: wfm.joinString },
      now: time.now,
    });
    await time.live(stateDirectory, time.at + hour);
    await wfm.close();
    const content = await contentOf(stateDirectory);
    const { states, waits, events } = await time.live(stateDirectory, back, more);
    assert.deepEqual(await contentOf(stateDirectory), content, 'nothing is written, and nothing is lost');
    const total = waits.reduce((sum, wait) => sum + wait, 0);
    assert.ok(total >= (days * day - hour) / 1000, `${total} s were waited`);
    assert.equal(events.filter((e) => e.event !== 'state').length, 0, JSON.stringify(events.slice(0, 9)));

    const again = await ground.serve({ data, deviceListen: new URL(wfm.deviceUrl).host });
    const returned = await time.live(stateDirectory, time.at + hour);
    assert.ok(returned.events.some((e) => e.event === 'reported'));
    assert.equal(returned.states.at(-1)?.state, 'active');
    assert.equal((await status({ stateDirectory })).clientId, clientId);
    assert.deepEqual(
      (await itemsOf(again, '/clients')).map((c) => c['clientId']),
      [clientId],
    );
    return { states, waits };
  }

  it(`for days of trying (${daysOfTrying}) says so in one line, and is let back in`, async () => {
    const { states, waits } = await away(daysOfTrying, {});
    // Two and a half minutes on average, five at most.
    assert.ok(
      waits.length > daysOfTrying * 500 && waits.length < daysOfTrying * 660,
      `${waits.length} tries`,
    );
    assert.ok(Math.max(...waits) <= 301);
    assert.deepEqual(
      states.map((e) => e.state),
      ['unreachable'],
    );
    assert.match(states[0]?.detail ?? '', /cannot be reached/);
  });

  it(`for days on each of which it looks for an hour (${daysOfLooking}), is let back in`, async () => {
    const { states, waits } = await away(daysOfLooking, { pollWindows: [parseWindow('06:00-07:00')] });
    assert.ok(waits.length > daysOfLooking * 15, `${waits.length} tries`);
    const told = new Set(states.map((e) => e.state));
    assert.deepEqual([...told].sort(), ['downtime', 'unreachable']);
    assert.ok(
      states.length >= 2 * daysOfLooking - 2 && states.length <= 2 * daysOfLooking + 4,
      `${states.length} lines`,
    );
  });
});

describe('a WFM that answers otherwise', () => {
  let servers: OtherServers;
  let served: Served;
  const time = new SimulatedTime(Date.now());
  /** When the daemon asked, in its own time. */
  let asked: number[] = [];
  /** What the server does with a request that is no question for the CA. */
  type Reply = () => { status: number; headers?: Record<string, string>; body?: object };
  let reply: Reply = () => ({ status: 201 });
  let onboarding: Reply = () => ({ status: 201 });
  before(async () => {
    servers = await startOtherServers();
    served = await servers.serve((request, response) => {
      asked.push(time.at);
      const { status: code, headers = {}, body = {} } = isOnboarding(request) ? onboarding() : reply();
      answer(response, code, { clientId: 'device-1', ...body }, { date: time.date, ...headers });
    });
  });
  after(() => servers.close());

  async function joined(): Promise<string> {
    const stateDirectory = ground.fresh();
    [reply, onboarding] = [() => ({ status: 201 }), () => ({ status: 201 })];
    await join({ stateDirectory, trust: served, now: time.now });
    // What the machine is, is known from a start before.
    await time.live(stateDirectory, time.at + minute);
    asked = [];
    return stateDirectory;
  }

  it('with 5xx of all kinds for a day is asked calmly, with full jitter, and costs a line an hour at most', async () => {
    const stateDirectory = await joined();
    // The lower bound of the clock goes on, once a day at most.
    const kept = async (): Promise<object> => ({ ...(await contentOf(stateDirectory)), clock: '' });
    const content = await kept();
    const codes = [500, 502, 503, 504, 599];
    let count = 0;
    reply = () => ({ status: codes[count++ % codes.length] ?? 500 });
    const { states, waits } = await time.live(stateDirectory, time.at + day);
    assert.deepEqual([...new Set(states.map((e) => e.state))], ['unreachable']);
    assert.ok(states.length <= 25, `${states.length} lines`);
    assert.ok(states.every((e) => (e.detail ?? '').startsWith('The WFM cannot take the capabilities now.')));
    assert.ok(asked.length > 450 && asked.length < 720, `${asked.length} requests in a day`);
    assert.deepEqual(await kept(), content);
    // Full jitter: from a second up to a growing bound, five minutes in the end, and all of it evenly.
    for (const [failures, wait] of waits.entries())
      assert.ok(wait >= 1 && wait <= 1 + Math.min(300, 2 ** (failures + 1)), `wait ${failures}: ${wait}`);
    const late = waits.slice(10, -1);
    const mean = late.reduce((sum, wait) => sum + wait, 0) / late.length;
    assert.ok(mean > 105 && mean < 197, `mean ${mean}`);
    assert.ok(late.some((wait) => wait < 60) && late.some((wait) => wait > 240));

    reply = () => ({ status: 200 });
    const returned = await time.live(stateDirectory, time.at + hour);
    assert.equal(returned.states.at(-1)?.state, 'active');
  });

  it('with 5xx to a device that it has forgotten is asked as calmly, in one sentence', async () => {
    const stateDirectory = await joined();
    reply = () => ({ status: 404, body: { type: 'urn:margo:problem:invalid-client' } });
    let count = 0;
    onboarding = () => ({ status: 500 + (count++ % 4) });
    const { states, waits } = await time.live(stateDirectory, time.at + 3 * hour);
    assert.deepEqual([...new Set(states.map((e) => e.state))], ['unreachable']);
    assert.ok(states.length <= 4, `${states.length} lines`);
    for (const wait of waits) assert.ok(wait >= 1 && wait <= 301, `${wait} s`);
    assert.equal((await status({ stateDirectory })).clientId, 'device-1');
  });

  it('is not asked before the time that it names in seconds or as a date, nor all at that very moment', async () => {
    const stateDirectory = await joined();
    const names = [
      () => '900',
      () => new Date(time.at + 900_000).toUTCString(),
      // By another clock: what counts is how far it is from the Date of the same answer.
      () => new Date(time.at + 900_000).toUTCString(),
    ];
    for (const name of names) {
      asked = [];
      reply = () => ({ status: 503, headers: { 'retry-after': name() } });
      await time.live(stateDirectory, time.at + 4 * hour);
      const pauses = asked.slice(1).map((at, i) => (at - (asked[i] ?? 0)) / 1000);
      assert.ok(pauses.length >= 9 && pauses.length <= 16, `${pauses.length} requests in four hours`);
      // A date has whole seconds.
      for (const pause of pauses) assert.ok(pause >= 899 && pause <= 990 + 301, `${pause} s`);
      assert.ok(new Set(pauses.map(Math.round)).size > 3, 'jitter');
    }
    asked = [];
    reply = () => ({ status: 429, headers: { 'retry-after': '9999999999' } });
    await time.live(stateDirectory, time.at + 3 * day);
    assert.ok(asked.length >= 3 && asked.length <= 4, 'at most a day');
  });

  it('wants an operator to approve: whoever asks the daemon meanwhile hears so at once', async () => {
    const stateDirectory = await joined();
    reply = () => ({ status: 404, body: { type: 'urn:margo:problem:invalid-client' } });
    onboarding = () => ({ status: 403, headers: { 'retry-after': '600' } });
    const daemon = runDaemon(stateDirectory, { now: time.now });
    await daemon.until(isState('pending'));
    const before_ = asked.length;
    await assert.rejects(report({ stateDirectory }), isRefusal('rejected', /An operator has to approve/));
    assert.equal(asked.length, before_ + 1, 'it has asked once more');
    [onboarding, reply] = [() => ({ status: 201 }), () => ({ status: 200 })];
    assert.equal((await report({ stateDirectory })).status, 200, 'and need not wait when it is approved');
    await daemon.stop();
  });

  it('wants an operator to approve, and is asked at the pace that it names, with one line for the whole wait', async () => {
    const stateDirectory = await joined();
    // It has lost this client, and wants an operator to look at it again.
    reply = () => ({ status: 404, body: { type: 'urn:margo:problem:invalid-client' } });
    onboarding = () => ({ status: 403, headers: { 'retry-after': '600' } });
    const { states, waits } = await time.live(stateDirectory, time.at + day);
    assert.deepEqual(
      states.map((e) => e.state),
      ['pending'],
    );
    assert.match(states[0]?.nextStep ?? '', /^muster clients approve [0-9a-f]{16}$/);
    for (const wait of waits) assert.ok(wait >= 600 && wait <= 660, `${wait} s`);
    onboarding = () => ({ status: 201 });
    reply = () => ({ status: 200 });
    const returned = await time.live(stateDirectory, time.at + hour);
    assert.deepEqual(
      returned.states.map((e) => e.state),
      ['active'],
    );
  });
});

describe('windows and rates of the daemon', () => {
  let servers: OtherServers;
  let served: Served;
  let time: SimulatedTime;
  let asked: number[] = [];
  before(async () => {
    servers = await startOtherServers();
    served = await servers.serve((_request, response) => {
      asked.push(time.at);
      answer(response, 201, { clientId: 'device-1' }, { date: time.date });
    });
  });
  after(() => servers.close());

  async function joinedAt(from: string): Promise<string> {
    time = new SimulatedTime(from);
    const stateDirectory = ground.fresh();
    await join({ stateDirectory, trust: served, now: time.now });
    asked = [];
    return stateDirectory;
  }
  const within = (from: string, to: string): number =>
    asked.filter((at) => at >= Date.parse(from) && at < Date.parse(to)).length;
  /** Each look is also a report. */
  const often = { pollSeconds: 900, heartbeatSeconds: 0 };

  it('keep it silent over the nights in which clocks are set, by the local hours', async () => {
    const downtime = [parseWindow('sat 22:00-06:00 Europe/Berlin')];
    const spring = await joinedAt('2026-03-28T18:00:00Z');
    const { states } = await time.live(spring, '2026-03-29T08:00:00Z', { ...often, downtime });
    // From 22:00 at UTC+1 to 06:00 at UTC+2: seven hours.
    assert.ok(within('2026-03-28T18:00:00Z', '2026-03-28T21:00:00Z') >= 10);
    assert.equal(within('2026-03-28T21:00:00Z', '2026-03-29T04:00:00Z'), 0);
    assert.ok(within('2026-03-29T04:00:00Z', '2026-03-29T04:10:00Z') >= 1);
    assert.ok(within('2026-03-29T04:00:00Z', '2026-03-29T08:00:00Z') >= 14);
    assert.deepEqual(
      states.map((e) => [e.state, e.nextTryAt?.slice(0, 19)]),
      [
        ['active', undefined],
        ['downtime', '2026-03-29T04:00:00'],
        ['active', undefined],
      ],
    );
    const autumn = await joinedAt('2026-10-24T18:00:00Z');
    await time.live(autumn, '2026-10-25T08:00:00Z', { ...often, downtime });
    // From 22:00 at UTC+2 to 06:00 at UTC+1: nine hours.
    assert.ok(within('2026-10-24T18:00:00Z', '2026-10-24T20:00:00Z') >= 7);
    assert.equal(within('2026-10-24T20:00:00Z', '2026-10-25T05:00:00Z'), 0);
    assert.ok(within('2026-10-25T05:00:00Z', '2026-10-25T05:10:00Z') >= 1);
  });

  it('let it look for work in polling periods only, at the polling rate', async () => {
    const stateDirectory = await joinedAt('2026-10-30T00:00:00Z');
    const pollWindows = [parseWindow('mon,tue,wed,thu,fri 08:00-18:00 America/New_York')];
    await time.live(stateDirectory, '2026-11-03T00:00:00Z', { ...often, pollWindows });
    // Friday at UTC-4, Monday at UTC-5: clocks are set on Sunday.
    const open: Array<[string, string]> = [
      ['2026-10-30T12:00:00Z', '2026-10-30T22:00:00Z'],
      ['2026-11-02T13:00:00Z', '2026-11-02T23:00:00Z'],
    ];
    for (const [from, to] of open) {
      const count = within(from, to);
      assert.ok(count >= 36 && count <= 45, `${count} requests in ten hours of quarters, 10 % more or less`);
    }
    assert.equal(
      asked.length,
      open.reduce((sum, [from, to]) => sum + within(from, to), 0),
      'none outside',
    );
    const pauses = asked.slice(1).map((at, i) => (at - (asked[i] ?? 0)) / 1000);
    for (const pause of pauses.filter((p) => p < 7_200))
      assert.ok(pause >= 809 && pause <= 991, `${pause} s`);
  });

  it('have the devices of a plant speak again each at its place, after a power cut and when a window ends', async () => {
    const firsts: number[] = [];
    for (let i = 0; i < 3; i++) {
      const stateDirectory = await joinedAt('2026-06-01T00:00:00Z');
      const { keyFingerprint } = await status({ stateDirectory });
      const share = shareOfSpan((keyFingerprint ?? '').slice(7), 1000);
      const spread = { spreadSeconds: 1000, uptime: () => 20 };
      for (let cut = 0; cut < 2; cut++) {
        asked = [];
        const from = time.at;
        const { waits } = await time.live(stateDirectory, from + 20 * minute, spread);
        assert.equal(waits[0], share, 'the same after each cut');
        assert.equal(asked[0], from + share * 1000);
      }
      firsts.push(share);
      asked = [];
      const { waits } = await time.live(stateDirectory, time.at + 5 * minute, {
        ...spread,
        uptime: () => 86_400,
      });
      assert.ok((waits[0] ?? 0) <= 66, 'a daemon that was started again alone does not wait');
      time.at = Date.parse('2026-06-01T22:00:00Z');
      asked = [];
      const downtime = [parseWindow('22:00-06:00')];
      await time.live(stateDirectory, '2026-06-02T06:20:00Z', { ...spread, uptime: () => 86_400, downtime });
      assert.equal(asked[0], Date.parse('2026-06-02T06:00:00Z') + share * 1000);
    }
    assert.equal(new Set(firsts).size, 3);
  });

  it('do not keep a wish from being done at once', async () => {
    const stateDirectory = await joinedAt('2026-06-01T00:00:00Z');
    time.at = Date.now();
    const daemon = runDaemon(stateDirectory, { downtime: [parseWindow('00:00-00:00')] });
    await daemon.until(isState('downtime'));
    assert.equal(asked.length, 0);
    assert.equal((await report({ stateDirectory })).status, 201);
    assert.equal(asked.length, 1);
    await daemon.stop();
  });
});
