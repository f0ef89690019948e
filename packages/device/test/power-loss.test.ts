/** The power goes at each step at which the real command changes the disk: it comes up as it was or as it was to be. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Wfm } from '@muster/wfm';
import { join, leave, report, rotate, status } from '../src/index.ts';
import { itemsOf, layGround } from './support/ground.ts';
import { assertTidy, cutCommand, someSteps } from './support/power.ts';

const { fresh, serve } = await layGround('power');

describe('a power cut', () => {
  let wfm: Wfm;
  const joinAt = (stateDirectory: string): ReturnType<typeof join> =>
    join({ stateDirectory, trust: { joinString: wfm.joinString } });
  let devices = 0;
  /** A device that was cut is one client, and no other has come into being beside it. */
  async function assertOneIdentity(stateDirectory: string, what: string): Promise<void> {
    const { clientId, keyFingerprint } = await status({ stateDirectory });
    const clients = await itemsOf<{ clientId: string; keyFingerprint: string }>(wfm, '/clients?limit=1000');
    const own = clients.filter((c) => c.keyFingerprint === keyFingerprint).map((c) => c.clientId);
    assert.deepEqual(own, [clientId], what);
    assert.equal(clients.length, ++devices, `${what}: a client that nobody is`);
  }
  before(async () => {
    wfm = await serve();
  });

  it('at any step of join leaves a device that joins as the same, with nothing lying about', async () => {
    const verb = ['device', 'join', wfm.joinString, '--state'];
    const { steps: last } = await cutCommand(null, ...verb, fresh());
    devices++;
    assert.ok(last >= 20, `${last} steps`);
    for (const at of someSteps(last)) {
      const stateDirectory = fresh();
      assert.ok((await cutCommand(at, ...verb, stateDirectory)).isCut, `step ${at}`);
      const first = await status({ stateDirectory });
      const joined = await joinAt(stateDirectory);
      assert.ok(first.clientId === null || first.clientId === joined.clientId, `step ${at}`);
      if (first.keyFingerprint !== null)
        assert.equal((await status({ stateDirectory })).keyFingerprint, first.keyFingerprint, `step ${at}`);
      assert.equal((await report({ stateDirectory })).status, 200, `step ${at}`);
      await assertTidy(stateDirectory, `step ${at}`);
      await assertOneIdentity(stateDirectory, `step ${at}`);
    }
  });

  it('at any step of rotate leaves the old key or the new one, and the same client', async () => {
    const trial = fresh();
    await joinAt(trial);
    devices++;
    const { steps: last } = await cutCommand(null, 'device', 'rotate', '--state', trial);
    assert.ok(last >= 12, `${last} steps`);
    for (const at of someSteps(last)) {
      const stateDirectory = fresh();
      const { clientId } = await joinAt(stateDirectory);
      assert.ok((await cutCommand(at, 'device', 'rotate', '--state', stateDirectory)).isCut, `step ${at}`);
      assert.equal((await rotate({ stateDirectory })).clientId, clientId, `step ${at}`);
      assert.equal((await report({ stateDirectory })).status, 200, `step ${at}`);
      await assertTidy(stateDirectory, `step ${at}`);
      await assertOneIdentity(stateDirectory, `step ${at}`);
    }
  });

  it('at any step of leave leaves a device that has left or still can, and comes back as the same', async () => {
    const trial = fresh();
    await joinAt(trial);
    devices++;
    const { steps: last } = await cutCommand(null, 'device', 'leave', '--state', trial);
    for (const at of someSteps(last)) {
      const stateDirectory = fresh();
      const { clientId } = await joinAt(stateDirectory);
      assert.ok((await cutCommand(at, 'device', 'leave', '--state', stateDirectory)).isCut, `step ${at}`);
      if ((await status({ stateDirectory })).state === 'active') await leave({ stateDirectory });
      assert.equal((await status({ stateDirectory })).state, 'unbound', `step ${at}`);
      assert.equal((await joinAt(stateDirectory)).clientId, clientId, `step ${at}`);
      await assertTidy(stateDirectory, `step ${at}`);
      await assertOneIdentity(stateDirectory, `step ${at}`);
    }
  });
});
