/** What a device still has to say to a WFM that it has left: kept on disk, said once it can be, given up in the end. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { rebindField, writeRebindOrder } from '@muster/protocol';
import { join, leave, rebind, report, status } from '../src/index.ts';
import { farewellPause } from '../src/agent/farewells.ts';
import { bindingFile, bindingName, loadBinding, requireBinding } from '../src/binding/binding.ts';
import { openFarewells, saveFarewell } from '../src/binding/farewell.ts';
import { openIdentity } from '../src/key/identity.ts';
import { acknowledge } from '../src/onboarding/acknowledge.ts';
import { bidFarewell } from '../src/onboarding/farewell.ts';
import { type Daemon, isRefusal, layGround, operator, runDaemon, until } from './support/ground.ts';
import { answer, type OtherServers, type Served, startOtherServers } from './support/other-servers.ts';
import { SimulatedTime } from './support/simulated.ts';

const { fresh, serve } = await layGround('farewell');
const day = 86_400_000;

describe('a farewell', () => {
  let servers: OtherServers;
  let old: Served;
  let next: Served;
  let withdrawn = 0;
  let confirmation = 204;
  let reply = (): number => 204;
  const time = new SimulatedTime(Date.now());
  before(async () => {
    servers = await startOtherServers();
    const dated = (): Record<string, string> => ({ date: time.date });
    old = await servers.serve((request, response) => {
      if (request.url?.endsWith('/acknowledgements') === true)
        return answer(response, confirmation, {}, dated());
      if (request.method !== 'DELETE') return answer(response, 201, { clientId: 'old-1' }, dated());
      withdrawn++;
      answer(response, reply(), {}, dated());
    });
    next = await servers.serve((request, response) =>
      answer(response, request.method === 'DELETE' ? 204 : 201, { clientId: 'next-1' }, dated()),
    );
  });
  after(() => servers.close());

  /** A device that has moved while the old WFM could not hear it. */
  async function movedUnheard(forgetOld: boolean): Promise<string> {
    const stateDirectory = fresh();
    withdrawn = 0;
    await join({ stateDirectory, trust: old, now: time.now });
    reply = () => 503;
    const moved = await rebind({ stateDirectory, trust: next, forgetOld, now: time.now });
    assert.match(moved.oldNotTold ?? '', /cannot take the capabilities now/);
    assert.deepEqual([withdrawn, (await openFarewells(stateDirectory)).length], [1, 1]);
    return stateDirectory;
  }
  /** A daemon by a clock that the test sets forward. */
  const run = (stateDirectory: string): Daemon =>
    runDaemon(stateDirectory, { now: time.now, pollSeconds: 0.02 });
  const noticesOf = ({ events }: Daemon): string[] =>
    events.flatMap((e) => (e.event === 'notice' ? [e.text] : []));

  for (const forgetOld of [false, true])
    it(`that was not heard is said by the daemon once it can be, with --forget-old ${forgetOld}`, async () => {
      const stateDirectory = await movedUnheard(forgetOld);
      const daemon = run(stateDirectory);
      await until(() => withdrawn === 2);
      time.at += 70_000;
      await until(() => withdrawn === 3);
      reply = () => 204;
      time.at += 140_000;
      await daemon.until((e) => e.event === 'notice');
      await daemon.stop();
      assert.deepEqual(noticesOf(daemon), [`${old.url} knows now that this device has moved.`]);
      assert.deepEqual([withdrawn, await openFarewells(stateDirectory)], [4, []]);
      assert.equal((await status({ stateDirectory })).clientId, 'next-1');
      // A binding that was not to be forgotten is the way back.
      const kept = await loadBinding(stateDirectory, bindingName(old.url));
      assert.equal(kept?.clientId ?? null, forgetOld ? null : 'old-1');
    });

  it('that was not heard is said when the device leaves the other WFM as well', async () => {
    const stateDirectory = await movedUnheard(false);
    reply = () => 204;
    await leave({ stateDirectory });
    assert.deepEqual([withdrawn, await openFarewells(stateDirectory)], [2, []]);
  });

  it('that nobody ever hears is given up after thirty tries, each a day after the one before in the end', async () => {
    const stateDirectory = await movedUnheard(false);
    const daemon = run(stateDirectory);
    for (let tries = 2; tries <= 30; tries++) {
      await until(() => withdrawn === tries);
      time.at += 1.2 * day;
    }
    await daemon.until((e) => e.event === 'notice');
    await daemon.stop();
    assert.match(noticesOf(daemon).join(), /could not be told that this device has moved, and is not asked/);
    assert.deepEqual([withdrawn, await openFarewells(stateDirectory)], [30, []]);
  });

  it('counts its tries on disk, so that a device that is cut each time gives up as well', async () => {
    const stateDirectory = await movedUnheard(false);
    const identity = await openIdentity({ stateDirectory });
    const ends: boolean[] = [];
    // Each reads what the one before has left on disk, as each start does.
    for (let open = await openFarewells(stateDirectory); open[0] !== undefined; ) {
      ends.push((await bidFarewell({ stateDirectory, identity, now: time.now }, open[0])).isDone);
      open = await openFarewells(stateDirectory);
    }
    assert.equal(withdrawn, 30);
    assert.deepEqual(ends, [...Array<boolean>(28).fill(false), true]);
  });

  it('that is refused is not said again', async () => {
    const stateDirectory = await movedUnheard(false);
    reply = () => 410;
    const daemon = run(stateDirectory);
    await daemon.until((e) => e.event === 'notice');
    await daemon.stop();
    assert.match(noticesOf(daemon).join(), /is not asked again: The WFM did not delete/);
    assert.deepEqual([withdrawn, await openFarewells(stateDirectory)], [2, []]);
  });

  it('is no more when the device has come back before it was heard', async () => {
    const stateDirectory = await movedUnheard(false);
    reply = () => 204;
    await rebind({ stateDirectory, trust: old, now: time.now });
    const said = withdrawn;
    const { states } = await time.live(stateDirectory, time.at + day, { pollSeconds: 600 });
    assert.deepEqual(
      states.map((e) => e.state),
      ['active'],
    );
    // Only what was said to the other one is over; this one keeps its capabilities.
    assert.equal(withdrawn, said);
    assert.deepEqual(await openFarewells(stateDirectory), []);
  });

  it('whose file is damaged, or whose binding is gone, keeps nobody from anything', async () => {
    const stateDirectory = await movedUnheard(false);
    const path = bindingFile(stateDirectory, bindingName(old.url), 'farewell.json');
    for (const content of ['', 'garbage', '{"checksum":"0","farewell":"{}"}']) {
      await writeFile(path, content);
      const { states } = await time.live(stateDirectory, time.at + 60_000);
      assert.deepEqual(
        states.map((e) => e.state),
        ['active'],
      );
      assert.deepEqual(await openFarewells(stateDirectory), []);
    }
    await saveFarewell(stateDirectory, 'https://nobody.example', {
      version: 1,
      orderId: null,
      forget: true,
      tries: 0,
    });
    assert.deepEqual(await openFarewells(stateDirectory), []);
  });

  it('is no confirmation while the WFM cannot take it, which is no sign that an order was taken back', async () => {
    const stateDirectory = fresh();
    await join({ stateDirectory, trust: old, now: time.now });
    const binding = await requireBinding(stateDirectory);
    const identity = await openIdentity({ stateDirectory });
    const confirm = (): Promise<boolean> =>
      acknowledge({ binding, identity, now: time.now }, { about: 'retirement' });
    for (const [code, expected] of [
      [204, true],
      [409, false],
      [403, false],
    ] as const) {
      confirmation = code;
      assert.equal(await confirm(), expected, `${code}`);
    }
    for (confirmation of [408, 429, 500, 503]) await assert.rejects(confirm(), isRefusal('unreachable'));
  });

  it('of an order that failed is said again until it is heard; then the order is done with', async () => {
    const { joinString } = await serve({ admission: 'closed' });
    const stateDirectory = fresh();
    const said: string[] = [];
    let failed = 503;
    let isOpen = true;
    const order = writeRebindOrder({
      orderId: '0'.repeat(8) + '-0000-4000-8000-' + '0'.repeat(12),
      joinString,
    });
    const from = await servers.serve((request, response) => {
      if (request.url?.endsWith('/acknowledgements') !== true) {
        const headers = isOpen ? { [rebindField]: order } : {};
        return answer(response, 201, { clientId: 'c-1' }, { date: time.date, ...headers });
      }
      const { state } = JSON.parse(request.body) as { state: string };
      said.push(state);
      if (state === 'failed' && failed === 204) isOpen = false;
      answer(response, state === 'failed' ? failed : 204, {}, { date: time.date });
    });
    await join({ stateDirectory, trust: from, now: time.now });
    const daemon = runDaemon(stateDirectory, { now: time.now, pollSeconds: 0.02, acceptRebind: 'always' });
    await daemon.until((e) => e.event === 'notice');
    assert.deepEqual(said, ['accepted', 'failed'], noticesOf(daemon).join());
    failed = 204;
    time.at += 3_700_000;
    await until(() => said.length === 4);
    await until(async () => (await requireBinding(stateDirectory)).order === null);
    await daemon.stop();
    assert.deepEqual(said, ['accepted', 'failed', 'accepted', 'failed']);
    assert.equal((await requireBinding(stateDirectory)).wfm, from.url);
  });

  it('waits from a minute to a day', () => {
    assert.equal(farewellPause(0, 0), 60_000);
    assert.equal(farewellPause(5, 0.5), 60_000 * 32 * 1.05);
    assert.equal(farewellPause(99, 0), day);
  });

  it('by order reaches a WFM that was away at the switch and comes back', async () => {
    const data = fresh('wfm');
    const from = await serve({ data });
    const to = await serve();
    const stateDirectory = fresh();
    const { clientId } = await join({ stateDirectory, trust: { joinString: from.joinString } });
    await operator(from, 'POST', `/clients/${clientId}/rebind`, { joinString: to.joinString });
    await report({ stateDirectory });
    const listen = new URL(from.deviceUrl).host;
    await from.close();
    const daemon = runDaemon(stateDirectory);
    await until(async () => (await status({ stateDirectory })).wfm === to.deviceUrl);
    await until(async () => ((await openFarewells(stateDirectory))[0]?.farewell.tries ?? 0) >= 1);
    await daemon.stop();
    const again = await serve({ data, deviceListen: listen });
    const second = runDaemon(stateDirectory);
    await until(async () => {
      const { rebind: order, state } = await operator(again, 'GET', `/clients/${clientId}`);
      return (order as { state: string }).state === 'moved' && state === 'retired';
    });
    await second.stop();
  });
});
