/** The command reads its join string from every place, and says so when there is none. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startWfm, type Wfm } from '@muster/wfm';

const main = new URL('../src/main.ts', import.meta.url).pathname;

describe('muster device join', () => {
  let root: string;
  let wfm: Wfm;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'muster-target-'));
    wfm = await startWfm({
      data: join(root, 'wfm'),
      deviceListen: '127.0.0.1:0',
      operatorListen: '127.0.0.1:0',
      admission: 'open',
      logLevel: 'silent',
    });
    await writeFile(join(root, 'join.txt'), `${wfm.joinString}\n`);
  });
  after(async () => {
    await wfm.close();
    await rm(root, { recursive: true, force: true });
  });

  async function run(args: string[], input: string, env: Record<string, string>): Promise<string> {
    const all = [main, 'device', 'join', ...args, '--json', '--state', join(root, 'state')];
    const child = spawn(process.execPath, all, {
      env: { ...process.env, MUSTER_JOIN_STRING: '', ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdin.end(input);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await once(child, 'close');
    return out.trim().split('\n').at(-1) ?? '';
  }

  it('takes it from a file, standard input and the environment', async () => {
    const text = await readFile(join(root, 'join.txt'), 'utf8');
    for (const line of [
      await run([`@${join(root, 'join.txt')}`], '', {}),
      await run(['-'], text, {}),
      await run([], '', { MUSTER_JOIN_STRING: text }),
    ])
      assert.equal((JSON.parse(line) as { event: string }).event, 'joined');
  });

  it('refuses nothing, a file that is absent, and one that never ends', () => {
    for (const args of [[], [`@${join(root, 'absent')}`], ['@/dev/zero']]) {
      const { status, stdout } = spawnSync(
        process.execPath,
        [main, 'device', 'join', ...args, '--json', '--state', join(root, 'none')],
        { env: { ...process.env, MUSTER_JOIN_STRING: '' }, encoding: 'utf8', timeout: 20_000 },
      );
      assert.equal(status, 2, args.join(' '));
      assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, 'usage');
    }
  });
});
