/** The power goes while a device moves: it is bound to the old WFM or to the new one, and is one client of each. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Wfm } from '@muster/wfm';
import { join, report, status } from '../src/index.ts';
import { itemsOf, layGround, operator, runDaemon, until } from './support/ground.ts';
import { assertTidy, cutCommand, cutNode, someSteps } from './support/power.ts';

const { fresh, serve } = await layGround('move-power');

/** A daemon that ends when it has moved, told the old WFM so, and reported to the new one. */
const daemon = `
  import { runAgent } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
  const stop = new AbortController();
  let hasMoved = false;
  await runAgent({ stateDirectory: process.argv[1], pollSeconds: 0.1, slowRetrySeconds: 0.3, spreadSeconds: 0,
    signal: stop.signal, onEvent: (e) => {
      if (e.event === 'rebound') hasMoved = true;
      if (e.event === 'reported' && hasMoved) stop.abort();
    } });`;

describe('a power cut while a device moves', () => {
  let from: Wfm;
  let to: Wfm;
  before(async () => {
    [from, to] = [await serve(), await serve()];
  });

  const joined = async (): Promise<{ stateDirectory: string; clientId: string; key: string | null }> => {
    const stateDirectory = fresh();
    const { clientId } = await join({ stateDirectory, trust: { joinString: from.joinString } });
    return { stateDirectory, clientId, key: (await status({ stateDirectory })).keyFingerprint };
  };
  /** It is whole: bound to one of the two, with the clientId that this one knows, and its key. */
  async function assertBound(stateDirectory: string, key: string | null, what: string): Promise<string> {
    const { wfm, clientId, keyFingerprint } = await status({ stateDirectory });
    assert.equal(keyFingerprint, key, what);
    const bound = [from, to].find((one) => one.deviceUrl === wfm) ?? assert.fail(`${what}: bound to ${wfm}`);
    assert.equal((await operator(bound, 'GET', `/clients/${clientId}`))['keyFingerprint'], key, what);
    return bound.deviceUrl;
  }
  async function assertOneClientEach(key: string | null, what: string): Promise<void> {
    for (const wfm of [from, to]) {
      const clients = await itemsOf<{ keyFingerprint: string }>(wfm, '/clients?limit=1000');
      assert.equal(clients.filter((c) => c.keyFingerprint === key).length, 1, what);
    }
  }

  const farewellsIn = async (stateDirectory: string): Promise<string[]> =>
    (await readdir(stateDirectory, { recursive: true })).filter((file) => file.endsWith('farewell.json'));

  it('by order, at any step: the daemon goes on where it was, and the old WFM learns that it has moved', async () => {
    const ordered = async (): ReturnType<typeof joined> => {
      const device = await joined();
      await operator(from, 'POST', `/clients/${device.clientId}/rebind`, { joinString: to.joinString });
      // The order is on the device's disk before the daemon starts, so that its first step is the move's.
      await report({ stateDirectory: device.stateDirectory });
      return device;
    };
    const run = (at: number | null, stateDirectory: string): ReturnType<typeof cutNode> =>
      cutNode(at, '--input-type=module', '-e', daemon, stateDirectory);
    const { steps: last } = await run(null, (await ordered()).stateDirectory);
    assert.ok(last >= 20, `${last} steps`);
    const ends = new Set<string>();
    for (const at of someSteps(last, 6)) {
      const what = `step ${at} of ${last}`;
      const { stateDirectory, clientId, key } = await ordered();
      await run(at, stateDirectory);
      ends.add(await assertBound(stateDirectory, key, what));
      const again = runDaemon(stateDirectory, { heartbeatSeconds: 0.1 });
      await until(async () => (await status({ stateDirectory })).wfm === to.deviceUrl);
      await again.until((e) => e.event === 'reported');
      // Told by whoever was cut, or by the daemon that came after it.
      await until(async () => {
        const { rebind, state } = await operator(from, 'GET', `/clients/${clientId}`);
        return (rebind as { state: string }).state === 'moved' && state === 'retired';
      });
      await until(async () => (await farewellsIn(stateDirectory)).length === 0);
      await again.stop();
      assert.equal(await assertBound(stateDirectory, key, what), to.deviceUrl);
      await assertOneClientEach(key, what);
      await assertTidy(stateDirectory, what);
    }
    assert.deepEqual(
      [...ends].sort(),
      [from.deviceUrl, to.deviceUrl].sort(),
      'cut before and after the switch',
    );
  });

  it('by its own decision, at any step: as before or after, and running it again finishes it', async () => {
    const move = (stateDirectory: string): string[] => [
      'device',
      'rebind',
      to.joinString,
      '--state',
      stateDirectory,
      '--forget-old',
    ];
    const { steps: last } = await cutCommand(null, ...move((await joined()).stateDirectory));
    for (const at of someSteps(last, 10)) {
      const what = `step ${at} of ${last}`;
      const { stateDirectory, clientId, key } = await joined();
      assert.ok((await cutCommand(at, ...move(stateDirectory))).isCut, what);
      await assertBound(stateDirectory, key, what);
      assert.ok(!(await cutCommand(null, ...move(stateDirectory))).isCut, what);
      assert.equal(await assertBound(stateDirectory, key, what), to.deviceUrl, what);
      await assertOneClientEach(key, what);
      await assertTidy(stateDirectory, what);
      // Told, and then forgotten, even where the switch itself was before the cut.
      assert.deepEqual(await itemsOf(from, `/devices?clientId=${clientId}`), [], what);
      assert.equal((await readdir(joinPath(stateDirectory, 'bindings'))).length, 1, what);
    }
  });
});
