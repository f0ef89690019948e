/** Disks that are really full or read-only, and two real daemons on one folder: named calmly, and nothing is lost. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Wfm } from '@muster/wfm';
import { DeviceError, type DeviceEvent, join, report, runAgent, status } from '../src/index.ts';
import { contentOf } from './support/content.ts';
import { layGround } from './support/ground.ts';

const { root, serve } = await layGround('disk');
const disk = await mkdtemp(joinPath(tmpdir(), 'muster-mount-'));

function mount(...args: string[]): string | null {
  try {
    execFileSync('mount', args, { stdio: 'pipe' });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}
const notMounted = mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk);
const skip = notMounted === null ? false : `a file system cannot be mounted here: ${notMounted}`;
after(async () => {
  if (notMounted === null) execFileSync('umount', ['-l', disk]);
  await rm(disk, { recursive: true, force: true });
});

const filler = joinPath(disk, 'filler');
/** Writes until the disk takes no more. */
async function fill(): Promise<void> {
  const file = await open(filler, 'w');
  const isFull = (error: unknown): boolean =>
    error instanceof Error && 'code' in error && error.code === 'ENOSPC';
  try {
    for (;;) await file.write(Buffer.alloc(4096));
  } catch (error) {
    if (!isFull(error)) throw error;
  } finally {
    await file.close();
  }
}
/** A disk turns read-only between two writes only: while a file is open for one, it is busy. */
async function remount(how: 'ro' | 'rw'): Promise<void> {
  for (let tries = 1; ; tries++) {
    const fault = mount('-o', `remount,${how}`, disk);
    if (fault === null) return;
    assert.ok(fault.includes('busy') && tries < 200, fault);
    await new Promise((r) => setTimeout(r, 20));
  }
}

const ways: Array<[string, () => Promise<void>, () => Promise<void>]> = [
  ['is full', fill, () => rm(filler)],
  ['is read-only', () => remount('ro'), () => remount('rw')],
];

let wfm: Wfm;
const good = joinPath(root, 'good');
let clientId = '';
before(async () => {
  wfm = await serve();
  ({ clientId } = await join({ stateDirectory: good, trust: { joinString: wfm.joinString } }));
});

const named = (error: unknown): boolean => {
  assert.ok(error instanceof DeviceError, String(error));
  assert.equal(error.code, 'state');
  assert.match(error.seen ?? '', /^(?:ENOSPC|EROFS)/);
  return error.message === 'The state folder cannot be used.' && error.nextStep !== '';
};

describe('a disk that', { skip }, () => {
  for (const [name, spoil, mend] of ways) {
    it(`${name} is named by join and report, and the state is as it was`, async () => {
      const stateDirectory = joinPath(disk, 'state');
      await cp(good, stateDirectory, { recursive: true });
      const trust = { joinString: wfm.joinString };
      const unmet = joinPath(disk, 'unmet');
      await mkdir(unmet);
      const content = await contentOf(stateDirectory);
      await spoil();
      await assert.rejects(report({ stateDirectory }), named);
      await assert.rejects(join({ stateDirectory, trust }), named);
      await assert.rejects(join({ stateDirectory: unmet, trust }), named);
      await assert.rejects(runAgent({ stateDirectory }), named);
      assert.equal((await status({ stateDirectory })).clientId, clientId);
      assert.deepEqual(await contentOf(stateDirectory), content);
      await mend();
      assert.equal((await report({ stateDirectory })).status, 200);
      assert.ok((await join({ stateDirectory: unmet, trust })).clientId);
      for (const directory of [stateDirectory, unmet]) await rm(directory, { recursive: true });
    });

    it(`${name} is a state of the daemon, which goes on when it is not any more`, async () => {
      const stateDirectory = joinPath(disk, 'state');
      await cp(good, stateDirectory, { recursive: true });
      const controller = new AbortController();
      const states: Extract<DeviceEvent, { event: 'state' }>[] = [];
      const running = runAgent({
        stateDirectory,
        pollSeconds: 0.1,
        heartbeatSeconds: 0.1,
        slowRetrySeconds: 0.2,
        spreadSeconds: 0,
        signal: controller.signal,
        onEvent: (e) => void (e.event === 'state' && states.push(e)),
      });
      const until = async (wanted: string): Promise<void> => {
        for (let i = 0; i < 200 && states.at(-1)?.state !== wanted; i++)
          await new Promise((r) => setTimeout(r, 50));
        assert.equal(states.at(-1)?.state, wanted, JSON.stringify(states));
      };
      try {
        await until('active');
        await spoil();
        await until('failed');
        assert.match(states.at(-1)?.detail ?? '', /ENOSPC|EROFS/);
        assert.equal((await status({ stateDirectory })).clientId, clientId);
        await mend();
        await until('active');
      } finally {
        // Else the file would not end where something failed.
        controller.abort();
        await running;
      }
      await rm(stateDirectory, { recursive: true });
    });
  }
});

describe('two daemons', () => {
  const main = new URL('../../cli/src/main.ts', import.meta.url).pathname;
  const cache = new URL('../../../scripts/strip-cache.mjs', import.meta.url).href;
  const daemon = (): ChildProcess =>
    spawn(process.execPath, ['--import', cache, main, 'device', 'run', '--state', good, '--spread', '0'], {
      env: { ...process.env, MUSTER_LAUNCHED: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  it('on one folder: the second ends and names the first, which goes on', async () => {
    const first = daemon();
    const state = async (): Promise<unknown> => (await status({ stateDirectory: good })).daemon?.['state'];
    for (let i = 0; i < 200 && (await state()) !== 'active'; i++) await new Promise((r) => setTimeout(r, 50));
    const second = daemon();
    let text = '';
    second.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    second.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(second, 'close')) as [number];
    assert.equal(code, 1, text);
    assert.match(text, new RegExp(`Another process works on .*process ${first.pid}`, 's'));
    assert.equal(await state(), 'active');
    first.kill('SIGTERM');
    assert.deepEqual(await once(first, 'exit'), [0, null]);
  });
});
