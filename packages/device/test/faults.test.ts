/** Damage to what is on disk: the device comes up as it was, or says by name what is damaged; never as somebody else. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Wfm } from '@muster/wfm';
import { DeviceError, join, report, runAgent, status } from '../src/index.ts';
import { layGround } from './support/ground.ts';

const { root, serve } = await layGround('faults');

async function filesBelow(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(directory)) {
    const path = joinPath(directory, name);
    if ((await stat(path)).isDirectory()) found.push(...(await filesBelow(path)));
    else found.push(path);
  }
  return found;
}

describe('damaged state', () => {
  let wfm: Wfm;
  let clientId = '';
  const good = joinPath(root, 'good');
  before(async () => {
    wfm = await serve();
    ({ clientId } = await join({ stateDirectory: good, trust: { joinString: wfm.joinString } }));
  });

  /** Runs a verb on a damaged copy: it works as the same client, or it is refused by name. */
  async function attempt(what: string, run: () => Promise<string | null>): Promise<'same' | 'named'> {
    try {
      const seen = await run();
      assert.ok(seen === clientId || seen === null, `${what}: became ${seen}`);
      return 'same';
    } catch (error) {
      assert.ok(error instanceof DeviceError, `${what}: ${String(error)}`);
      assert.ok(
        ['state', 'not-joined', 'usage', 'trust', 'refused'].includes(error.code),
        `${what}: ${error.code}`,
      );
      assert.ok(error.nextStep.length > 0);
      return 'named';
    }
  }

  it('of any file, cut short or with a byte changed, is survived or named', async () => {
    const files = (await filesBelow(good)).map((path) => path.slice(good.length + 1));
    assert.ok(files.length >= 5, files.join());
    let [same, named] = [0, 0];
    for (const file of files) {
      const whole = await readFile(joinPath(good, file));
      const damages = [0, 0.25, 0.5, 0.9].map((part) => whole.subarray(0, Math.floor(whole.length * part)));
      for (const at of [0, Math.floor(whole.length / 2), whole.length - 2]) {
        const flipped = Buffer.from(whole);
        flipped[Math.max(0, at)] = (flipped[Math.max(0, at)] ?? 0) ^ 0x15;
        damages.push(flipped);
      }
      for (const [index, bytes] of damages.entries()) {
        const stateDirectory = await mkdtemp(joinPath(root, 'damaged-'));
        await cp(good, stateDirectory, { recursive: true });
        await writeFile(joinPath(stateDirectory, file), bytes);
        const what = `${file}, damage ${index}`;
        const verdicts = [
          await attempt(`status with ${what}`, async () => (await status({ stateDirectory })).clientId),
          await attempt(`report with ${what}`, async () => {
            await report({ stateDirectory });
            return clientId;
          }),
        ];
        for (const verdict of verdicts)
          if (verdict === 'same') same++;
          else named++;
        await rm(stateDirectory, { recursive: true });
      }
    }
    assert.ok(same > 10 && named > 10, `${same} went on, ${named} were named`);
  });

  it('of the lock kind, left by a container that was cut off, is no lock; one that is held, is', async () => {
    const stateDirectory = joinPath(root, 'locked');
    await cp(good, stateDirectory, { recursive: true });
    const lock = joinPath(stateDirectory, 'lock');
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    // The number of this process and of one that lives, each of an earlier life.
    for (const left of [
      `${process.pid} ${boot} 1`,
      `${process.ppid} ${boot} 1`,
      '',
      'garbage',
      `1 other 1`,
    ]) {
      await writeFile(lock, left);
      assert.equal((await report({ stateDirectory })).status, 200, left);
    }
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => report({ stateDirectory })));
    assert.equal(tries.filter((t) => t.status === 'fulfilled').length, 1, 'one at a time');
    const child = spawn('sleep', ['60']);
    const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8');
    await writeFile(lock, `${child.pid} ${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`);
    await assert.rejects(report({ stateDirectory }), (e) => e instanceof DeviceError && e.code === 'state');
    child.kill();
    assert.deepEqual(
      (await readdir(stateDirectory)).filter((f) => f.startsWith('lock.')),
      [],
    );
  });

  it('of a disk that is full or read-only is a state of the daemon, which goes on', async () => {
    const stateDirectory = joinPath(root, 'full');
    await cp(good, stateDirectory, { recursive: true });
    const controller = new AbortController();
    const states: string[] = [];
    const folder = joinPath(stateDirectory, 'bindings');
    const [name = ''] = await readdir(folder);
    // A folder in the place of the file to be written: rename(2) refuses, whoever runs this, root included.
    const binding = joinPath(folder, name, 'binding.json');
    const text = await readFile(binding);
    const running = runAgent({
      stateDirectory,
      pollSeconds: 0.1,
      heartbeatSeconds: 0.1,
      slowRetrySeconds: 0.2,
      spreadSeconds: 0,
      signal: controller.signal,
      onEvent: (e) => {
        if (e.event === 'state') states.push(e.state);
      },
    });
    const until = async (wanted: string): Promise<void> => {
      for (let i = 0; i < 200 && states.at(-1) !== wanted; i++) await new Promise((r) => setTimeout(r, 50));
      assert.equal(states.at(-1), wanted, states.join());
    };
    await until('active');
    await rm(binding);
    await mkdir(binding);
    await until('failed');
    await rm(binding, { recursive: true });
    await writeFile(binding, text);
    await until('active');
    controller.abort();
    await running;
  });

  it('of a binding is healed by joining again: the same key, the same client', async () => {
    const stateDirectory = joinPath(root, 'healed');
    await cp(good, stateDirectory, { recursive: true });
    const [binding = ''] = (await filesBelow(joinPath(stateDirectory, 'bindings'))).filter((f) =>
      f.endsWith('binding.json'),
    );
    await writeFile(binding, 'garbage');
    await assert.rejects(report({ stateDirectory }), (e) => e instanceof DeviceError && e.code === 'state');
    const again = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    assert.equal(again.clientId, clientId);
    assert.equal((await report({ stateDirectory })).status, 200);
  });
});
