/** Damage to what is on disk: the device comes up as it was, or says by name what is damaged; never as somebody else. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Wfm } from '@muster/wfm';
import { DeviceError, join, report, runAgent, status } from '../src/index.ts';
import { isRefusal, itemsOf, layGround } from './support/ground.ts';

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
  const inventory = joinPath(root, 'inventory.yaml');
  before(async () => {
    wfm = await serve();
    await writeFile(
      inventory,
      JSON.stringify({ children: { press: { vendor: 'V', modelNumber: 'M', serialNumber: 'S' } } }),
    );
    const trust = { joinString: wfm.joinString };
    ({ clientId } = await join({ stateDirectory: good, deviceId: 'gw', trust, inventory }));
  });

  /** Runs a verb on a damaged copy: it works as the same client, or it is refused by name. */
  async function attempt(what: string, run: () => Promise<string | null>): Promise<'same' | 'named'> {
    try {
      assert.equal(await run(), clientId, what);
      return 'same';
    } catch (error) {
      assert.ok(error instanceof DeviceError, `${what}: ${String(error)}`);
      assert.equal(error.code, 'state', `${what}: ${error.message}`);
      assert.ok(error.nextStep.length > 0);
      return 'named';
    }
  }

  /** Cut short at many places; and with one bit changed, or all of a byte, at many others. */
  function damagesTo(whole: Buffer): Array<[string, Buffer]> {
    const stride = Math.max(1, Math.floor(whole.length / 40));
    const places = Array.from({ length: whole.length }, (_, at) => at).filter(
      (at) => at < 4 || at % stride === 0 || at >= whole.length - 4,
    );
    return places.flatMap((at, index): Array<[string, Buffer]> => {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ [0x01, 0x10, 0xff][index % 3]!;
      return [
        [`cut at ${at}`, whole.subarray(0, at)],
        [`changed at ${at}`, flipped],
      ];
    });
  }

  it('of any file, cut short or changed anywhere, is survived or named, and nobody else comes of it', async () => {
    const files = (await filesBelow(good)).map((path) => path.slice(good.length + 1)).sort();
    assert.deepEqual(
      files.map((file) => file.replace(/[0-9a-f]{16}/, 'X')),
      [
        'bindings/X/binding.json',
        'bindings/X/children.json',
        'certificate.pem',
        'clock',
        'current',
        'identity.json',
        'key.pem',
      ],
    );
    const stateDirectory = joinPath(root, 'damaged');
    await cp(good, stateDirectory, { recursive: true });
    const key = await readFile(joinPath(good, 'key.pem'));
    const seen: Record<string, Set<string>> = {};
    for (const file of files) {
      const path = joinPath(stateDirectory, file);
      const whole = await readFile(joinPath(good, file));
      const verdicts = (seen[file] = new Set());
      for (const [index, [what, bytes]] of damagesTo(whole).entries()) {
        await writeFile(path, bytes);
        verdicts.add(
          await attempt(`${file} ${what}`, async () => (await status({ stateDirectory })).clientId),
        );
        // Everything that only the WFM can tell, for some of them.
        if (index % 8 === 0)
          verdicts.add(
            await attempt(`${file} ${what}, report`, async () => {
              assert.equal((await report({ stateDirectory, inventory })).status, 200);
              return (await status({ stateDirectory })).clientId;
            }),
          );
        if (file !== 'key.pem') assert.deepEqual(await readFile(joinPath(stateDirectory, 'key.pem')), key);
      }
      await cp(good, stateDirectory, { recursive: true });
    }
    // What only helps is made anew; what says who this device is, is named.
    for (const [file, verdicts] of Object.entries(seen)) {
      const isHelpOnly = /children|certificate|clock/.test(file);
      assert.equal(verdicts.has('named'), !isHelpOnly, file);
    }
    assert.equal((await report({ stateDirectory, inventory })).status, 200);
    const clients = await itemsOf<{ clientId: string }>(wfm, '/clients?limit=1000');
    assert.deepEqual(
      clients.map((c) => c.clientId),
      [clientId],
    );
    const devices = await itemsOf<{ deviceId: string }>(wfm, '/devices?limit=1000');
    assert.deepEqual(devices.map((d) => d.deviceId).sort(), ['gw', 'gw/press']);
  });

  it('of a key that is gone is named: no other is made in its place', async () => {
    const stateDirectory = joinPath(root, 'keyless');
    await cp(good, stateDirectory, { recursive: true });
    await rm(joinPath(stateDirectory, 'key.pem'));
    const trust = { joinString: wfm.joinString };
    for (const verb of [() => report({ stateDirectory }), () => join({ stateDirectory, trust })])
      await assert.rejects(verb(), isRefusal('state', /key of this device is gone/));
    await assert.rejects(readFile(joinPath(stateDirectory, 'key.pem')), /ENOENT/);
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
