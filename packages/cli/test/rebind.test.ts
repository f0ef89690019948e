/** `muster device rebind` between real WFMs, as a person or a script uses it. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join as at } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Place, type Ran, startPlace } from './support.ts';

describe('muster device rebind', () => {
  let here: Place;
  let there: Place;
  let closed: Place;
  let hold: Place;
  let places: Place[] = [];
  before(async () => {
    places = await Promise.all([
      startPlace({ admission: 'open' }),
      startPlace({ admission: 'open' }),
      startPlace({ admission: 'closed' }),
      startPlace({ admission: 'hold' }),
    ]);
    [here, there, closed, hold] = places as [Place, Place, Place, Place];
    const joined = await here.muster('device', 'join', here.wfm.joinString, '--state', 'd', '--json');
    assert.equal(joined.code, 0, joined.stderr);
  });
  after(() => Promise.all(places.map((place) => place.stop())));

  const rebind = (to: Place, ...more: string[]): Promise<Ran> =>
    here.muster('device', 'rebind', to.wfm.joinString, '--state', 'd', ...more);
  const status = async (): Promise<Record<string, unknown>> =>
    (await here.muster('device', 'status', '--state', 'd', '--json')).json;
  const bindings = (): Promise<string[]> => readdir(at(here.root, 'd', 'bindings'));
  const current = async (): Promise<string> => (await readFile(at(here.root, 'd', 'current'), 'utf8')).trim();

  it('stays where it is when the other one refuses, has not decided, or is not who it should be', async () => {
    const before_ = await status();
    const wrongPin = `sha256:${'0'.repeat(64)}`;
    const cases: Array<[string, () => Promise<Ran>, number, RegExp]> = [
      ['refused', () => rebind(closed), 3, /does not let this device in/],
      ['not decided', () => rebind(hold, '--no-wait'), 3, /Nobody has decided in time/],
      [
        'another CA',
        () => here.muster('device', 'rebind', there.wfm.deviceUrl, '--ca-pin', wrongPin, '--state', 'd'),
        4,
        /./,
      ],
      ['both', () => rebind(hold, '--no-wait', '--timeout', '5'), 2, /--timeout and --no-wait/],
      ['no target', () => here.muster('device', 'rebind', '--state', 'd'), 2, /no join string/],
    ];
    for (const [what, attempt, code, says] of cases) {
      const ran = await attempt();
      assert.equal(ran.code, code, `${what}: ${ran.stderr}`);
      assert.match(ran.stderr, says, what);
      assert.match(ran.stderr, /next:/, what);
      const now = await status();
      assert.deepEqual([now['wfm'], now['clientId']], [before_['wfm'], before_['clientId']], what);
    }
    assert.equal((await here.muster('device', 'report', '--state', 'd')).code, 0);
    // What --no-wait has asked for waits on the other side, and a second run goes on from there.
    const waiting = await hold.muster('clients', 'list', '--state', 'pending', '--json');
    const items = waiting.json['items'] as { keyFingerprint: string }[];
    assert.deepEqual(
      items.map((item) => item.keyFingerprint),
      [before_['keyFingerprint']],
    );
  });

  it('moves, keeps the old binding for the way back, and forgets it when told to', async () => {
    const { clientId, wfm } = await status();
    const moved = await rebind(there, '--json');
    assert.equal(moved.code, 0, moved.stderr);
    assert.deepEqual(
      [moved.json['event'], moved.json['from'], moved.json['wfm'], moved.json['oldNotTold']],
      ['moved', wfm, there.wfm.deviceUrl, null],
    );
    assert.equal((await status())['clientId'], moved.json['clientId']);
    assert.ok((await bindings()).length >= 2);
    const left = (await here.muster('devices', 'list', '--client', String(clientId), '--json')).json;
    assert.deepEqual(left['items'], [], 'the old WFM was asked to forget what was reported');

    const old = await current();
    const back = await rebind(here, '--forget-old');
    assert.equal(back.code, 0, back.stderr);
    assert.match(back.stderr, /Moved to /);
    assert.equal((await status())['clientId'], clientId, 'the same client as before');
    assert.ok(!(await bindings()).includes(old), 'forgotten');
    assert.equal((await here.muster('device', 'report', '--state', 'd')).code, 0);
  });

  it('says so when there is nothing to move', async () => {
    const ran = await here.muster('device', 'rebind', there.wfm.joinString, '--state', 'never', '--json');
    assert.equal(ran.code, 1);
    assert.equal((ran.json['error'] as { code: string }).code, 'not-joined');
  });
});
