/** The real command on a machine whose clock is impossible, by libfaketime, against a WFM whose clock is right. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

const main = new URL('../../packages/cli/src/main.ts', import.meta.url).pathname;
const program = ['--import', new URL('../../scripts/strip-cache.mjs', import.meta.url).href, main];
const root = await mkdtemp(join(tmpdir(), 'muster-e2e-clock-'));
after(() => rm(root, { recursive: true, force: true }));
const env: NodeJS.ProcessEnv = {
  ...process.env,
  MUSTER_DATA: join(root, 'wfm'),
  MUSTER_LAUNCHED: '',
  // Only the date is wrong: how fast time passes, and what the disk says, is not.
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
  NO_FAKE_STAT: '1',
};
const isMissing = spawnSync('faketime', ['--version']).error !== undefined;
const skip = isMissing ? 'faketime is not installed (Debian: faketime)' : false;

async function firstLine(child: ChildProcess, wanted: (line: Record<string, unknown>) => boolean) {
  assert.ok(child.stdout);
  const seen: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    seen.push(line);
    const value = JSON.parse(line) as Record<string, unknown>;
    if (wanted(value)) return { value, seen };
  }
  throw new Error(`it ended: ${seen.join('\n')}`);
}

describe('the command with an impossible clock', { skip }, () => {
  let wfm: ChildProcess;
  let joinString = '';
  before(async () => {
    const listen = [
      '--device-listen',
      '127.0.0.1:0',
      '--operator-listen',
      '127.0.0.1:0',
      '--admission',
      'open',
    ];
    wfm = spawn(process.execPath, [...program, 'wfm', 'start', '--json', '--log-level', 'warn', ...listen], {
      env,
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ready = await firstLine(wfm, () => true);
    joinString = String(ready.value['joinString']);
  });
  after(async () => {
    const gone = once(wfm, 'exit');
    wfm.kill('SIGTERM');
    await gone;
  });
  const muster = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(process.execPath, [...program, ...args], { env, cwd: root })).stdout;

  for (const [name, date, isAhead] of [
    ['1970', '1970-01-01 00:05:00', false],
    ['ten years ahead', '+3652d', true],
  ] as const) {
    it(`of ${name}: joins, runs, and the WFM shows the skew`, async () => {
      const state = join(root, name.replaceAll(' ', '-'));
      const fake = ['-f', isAhead ? date : `@${date}`, process.execPath, ...program];
      const device = ['--json', '--state', state];
      const joined = await promisify(execFile)(
        'faketime',
        [...fake, 'device', 'join', ...device, joinString],
        {
          env,
          cwd: root,
        },
      );
      const events = joined.stdout.trim().split('\n');
      const last = JSON.parse(events.at(-1) ?? '') as { clientId: string; deviceId: string };
      assert.equal(events.filter((line) => line.includes('"event":"clock"')).length, 1);
      const daemon = spawn('faketime', [...fake, 'device', 'run', ...device], {
        env,
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const active = await firstLine(daemon, (e) => e['event'] === 'state' && e['state'] === 'active');
      assert.ok(!active.seen.some((line) => line.includes('"event":"clock"')), 'no second warning');
      const gone = once(daemon, 'exit');
      await muster('device', 'status', ...device);
      process.kill(Number((await readFile(join(state, 'lock'), 'utf8')).split(' ')[0]), 'SIGTERM');
      await gone;
      const shown = await muster('devices', 'show', last.clientId, last.deviceId, '--json');
      const skew = /"skewSeconds":\s*(-?\d+)/.exec(shown);
      assert.ok(skew !== null, shown);
      assert.ok(isAhead ? Number(skew[1]) > 9 * 31_536_000 : Number(skew[1]) < -50 * 31_536_000, skew[1]);
    });
  }
});
