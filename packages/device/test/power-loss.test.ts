/** The power goes at each step at which the real command changes the disk: it comes up as it was or as it was to be. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import type { Wfm } from '@muster/wfm';
import { join, leave, report, rotate, status } from '../src/index.ts';
import { layGround } from './support/ground.ts';

const { fresh, serve } = await layGround('power');
const main = new URL('../../cli/src/main.ts', import.meta.url).pathname;
const cache = new URL('../../../scripts/strip-cache.mjs', import.meta.url).href;
const preload = new URL('support/cut-power.ts', import.meta.url).href;

/** Runs the command and cuts it at a step. @returns whether it was cut, and how many steps there are when not */
async function run(at: number | null, ...args: string[]): Promise<{ isCut: boolean; steps: number }> {
  const query = at === null ? '' : `?at=${at}`;
  const child = spawn(process.execPath, ['--import', cache, '--import', preload + query, main, ...args], {
    env: { ...process.env, MUSTER_LAUNCHED: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal !== 'SIGKILL') assert.equal(code, 0, text);
  return { isCut: signal === 'SIGKILL', steps: Number(/disk-steps (\d+)/.exec(text)?.[1] ?? 0) };
}

/** Every eighth step and the last; with MUSTER_POWER_CUTS=all each of them, which takes minutes. */
function steps(last: number): number[] {
  const stride = process.env['MUSTER_POWER_CUTS'] === 'all' ? 1 : 8;
  return Array.from({ length: last }, (_, i) => i + 1).filter((k) => k % stride === 0 || k === last);
}

/** What the work of one folder leaves behind; nothing of it is half written or somebody else's. */
async function assertTidy(stateDirectory: string, what: string): Promise<void> {
  const files = (await readdir(stateDirectory, { recursive: true })).sort();
  assert.deepEqual(
    files.filter((f) => f.endsWith('.tmp') || f.startsWith('lock')),
    [],
    what,
  );
  assert.ok(!files.includes('next'), what);
}

describe('a power cut', () => {
  let wfm: Wfm;
  const joinAt = (stateDirectory: string): ReturnType<typeof join> =>
    join({ stateDirectory, trust: { joinString: wfm.joinString } });
  before(async () => {
    wfm = await serve();
  });

  it('at any step of join leaves a device that joins as the same, with nothing lying about', async () => {
    const verb = ['device', 'join', wfm.joinString, '--state'];
    const { steps: last } = await run(null, ...verb, fresh());
    assert.ok(last >= 20, `${last} steps`);
    for (const at of steps(last)) {
      const stateDirectory = fresh();
      assert.ok((await run(at, ...verb, stateDirectory)).isCut, `step ${at}`);
      const first = await status({ stateDirectory });
      const joined = await joinAt(stateDirectory);
      assert.ok(first.clientId === null || first.clientId === joined.clientId, `step ${at}`);
      if (first.keyFingerprint !== null)
        assert.equal((await status({ stateDirectory })).keyFingerprint, first.keyFingerprint, `step ${at}`);
      assert.equal((await report({ stateDirectory })).status, 200, `step ${at}`);
      await assertTidy(stateDirectory, `step ${at}`);
    }
  });

  it('at any step of rotate leaves the old key or the new one, and the same client', async () => {
    const [trial] = [fresh()];
    await joinAt(trial);
    const { steps: last } = await run(null, 'device', 'rotate', '--state', trial);
    assert.ok(last >= 12, `${last} steps`);
    for (const at of steps(last)) {
      const stateDirectory = fresh();
      const { clientId } = await joinAt(stateDirectory);
      assert.ok((await run(at, 'device', 'rotate', '--state', stateDirectory)).isCut, `step ${at}`);
      assert.equal((await rotate({ stateDirectory })).clientId, clientId, `step ${at}`);
      assert.equal((await report({ stateDirectory })).status, 200, `step ${at}`);
      await assertTidy(stateDirectory, `step ${at}`);
    }
  });

  it('at any step of leave leaves a device that has left or still can, and comes back as the same', async () => {
    const trial = fresh();
    await joinAt(trial);
    const { steps: last } = await run(null, 'device', 'leave', '--state', trial);
    for (const at of steps(last)) {
      const stateDirectory = fresh();
      const { clientId } = await joinAt(stateDirectory);
      assert.ok((await run(at, 'device', 'leave', '--state', stateDirectory)).isCut, `step ${at}`);
      if ((await status({ stateDirectory })).state === 'active') await leave({ stateDirectory });
      assert.equal((await status({ stateDirectory })).state, 'unbound', `step ${at}`);
      assert.equal((await joinAt(stateDirectory)).clientId, clientId, `step ${at}`);
      await assertTidy(stateDirectory, `step ${at}`);
    }
  });
});
