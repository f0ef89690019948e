/** Moving between two real WFMs: by the device's own decision, by order, and when something goes wrong in the middle. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import { createRootCa, generateKeyPair } from '@muster/pki';
import type { Wfm } from '@muster/wfm';
import { DeviceError, join, rebind, report, status } from '../src/index.ts';
import { type Daemon, itemsOf, type Json, layGround, operator, runDaemon, until } from './support/ground.ts';

const { fresh, serve } = await layGround('rebind');

const devicesOf = async (wfm: Wfm, clientId: string): Promise<number> =>
  (await itemsOf(wfm, `/devices?clientId=${clientId}`)).length;

describe('rebinding', () => {
  let [a, b, closed, hold]: Wfm[] = [];
  const wfm = (one: Wfm | undefined): Wfm => one ?? assert.fail('it runs');
  before(async () => {
    [a, b] = [await serve(), await serve()];
    [closed, hold] = [await serve({ admission: 'closed' }), await serve({ admission: 'hold' })];
  });
  const joinA = async (): Promise<{ stateDirectory: string; clientId: string }> => {
    const stateDirectory = fresh();
    const { clientId } = await join({ stateDirectory, trust: { joinString: wfm(a).joinString } });
    return { stateDirectory, clientId };
  };

  it('to another WFM and back: one binding in force, the same clientId as before, capabilities on the right side', async () => {
    const { stateDirectory, clientId } = await joinA();
    const there = await rebind({ stateDirectory, trust: { joinString: wfm(b).joinString } });
    assert.equal(there.oldNotTold, null);
    assert.deepEqual([await devicesOf(wfm(a), clientId), await devicesOf(wfm(b), there.clientId)], [0, 1]);
    assert.equal((await status({ stateDirectory })).wfm, wfm(b).deviceUrl);
    const back = await rebind({ stateDirectory, trust: { joinString: wfm(a).joinString } });
    assert.equal(back.clientId, clientId);
    assert.deepEqual([await devicesOf(wfm(a), clientId), await devicesOf(wfm(b), there.clientId)], [1, 0]);
    assert.equal((await status({ stateDirectory })).wfm, wfm(a).deviceUrl);
  });

  it('that the other WFM refuses, cannot prove itself for, or does not decide in time changes nothing', async () => {
    const { stateDirectory, clientId } = await joinA();
    const attempts = [
      [{ joinString: wfm(closed).joinString }, 'rejected'],
      [{ url: wfm(b).deviceUrl, caPin: `sha256:${'0'.repeat(64)}` }, 'trust'],
      [{ url: 'https://127.0.0.1:1', caPin: `sha256:${'0'.repeat(64)}` }, 'unreachable'],
      [{ joinString: wfm(hold).joinString }, 'timeout'],
    ] as const;
    for (const [trust, code] of attempts) {
      await assert.rejects(
        rebind({ stateDirectory, trust, timeoutSeconds: 0 }),
        (e) => e instanceof DeviceError && e.code === code,
      );
      const now = await status({ stateDirectory });
      assert.deepEqual([now.wfm, now.clientId], [wfm(a).deviceUrl, clientId], code);
      assert.equal((await report({ stateDirectory })).status, 200, code);
    }
  });

  it('that is killed at any event ends as before or after, and running it again finishes it with the same key', async () => {
    const script = `
      import { rebind } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
      let left = Number(process.argv[3]);
      await rebind({ stateDirectory: process.argv[1], trust: { joinString: process.argv[2] },
        onEvent: () => { if (left-- === 0) process.kill(process.pid, 'SIGKILL'); } });`;
    for (let at = 0; at < 6; at += 2) {
      const { stateDirectory } = await joinA();
      const key = (await status({ stateDirectory })).keyFingerprint;
      const child = spawn(
        process.execPath,
        ['--input-type=module', '-e', script, stateDirectory, wfm(b).joinString, String(at)],
        { stdio: 'inherit' },
      );
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      assert.equal(signal, 'SIGKILL', `event ${at}`);
      const cut = await status({ stateDirectory });
      assert.ok([wfm(a).deviceUrl, wfm(b).deviceUrl].includes(cut.wfm ?? ''), `event ${at}: ${cut.wfm}`);
      const done = await rebind({ stateDirectory, trust: { joinString: wfm(b).joinString } });
      const now = await status({ stateDirectory });
      assert.deepEqual([now.wfm, now.clientId, now.keyFingerprint], [wfm(b).deviceUrl, done.clientId, key]);
    }
  });

  const run = (stateDirectory: string, more: object = {}): Daemon =>
    runDaemon(stateDirectory, { heartbeatSeconds: 0.1, ...more });
  const rebindOf = async (one: Wfm, clientId: string): Promise<{ state: string; reason: string | null }> =>
    (await operator(one, 'GET', `/clients/${clientId}`))['rebind'] as never;

  it('by order: the daemon moves, the old WFM retires it after its word and not before', async () => {
    const { stateDirectory, clientId } = await joinA();
    const daemon = run(stateDirectory);
    await operator(wfm(a), 'POST', `/clients/${clientId}/rebind`, { joinString: wfm(hold).joinString });
    await until(async () => (await rebindOf(wfm(a), clientId)).state === 'accepted');
    const held = await until(async () => {
      const { items } = await operator(wfm(hold), 'GET', '/enrollments?state=pending');
      const key = (await status({ stateDirectory })).keyFingerprint;
      return (items as Json[]).find((e) => e['keyFingerprint'] === key) ?? false;
    });
    assert.equal((await operator(wfm(a), 'GET', `/clients/${clientId}`))['state'], 'active');
    assert.equal((await status({ stateDirectory })).wfm, wfm(a).deviceUrl, 'still served');
    await operator(wfm(hold), 'POST', `/enrollments/${String(held['enrollmentId'])}/approve`);
    await until(async () => (await rebindOf(wfm(a), clientId)).state === 'moved');
    const old = await operator(wfm(a), 'GET', `/clients/${clientId}`);
    assert.deepEqual([old['state'], old['retiredReason']], ['retired', `moved to ${wfm(hold).deviceUrl}`]);
    assert.equal((await status({ stateDirectory })).wfm, wfm(hold).deviceUrl);
    await until(async () => daemon.events.some((e) => e.event === 'rebound'));
    await daemon.stop();
    assert.equal((await report({ stateDirectory })).status, 200);
  });

  it('by order to a WFM that refuses: the old one is told why, and stays', async () => {
    const { stateDirectory, clientId } = await joinA();
    const daemon = run(stateDirectory);
    await operator(wfm(a), 'POST', `/clients/${clientId}/rebind`, { joinString: wfm(closed).joinString });
    const failed = await until(async () => {
      const order = await rebindOf(wfm(a), clientId);
      return order.state === 'failed' && order;
    });
    assert.match(String(failed.reason), /does not let this device in/);
    assert.equal((await status({ stateDirectory })).wfm, wfm(a).deviceUrl);
    await daemon.stop();
    assert.equal((await report({ stateDirectory })).status, 200);
  });

  it('by order, with the old WFM gone after it has given it: the device moves all the same', async () => {
    const gone = await serve();
    const stateDirectory = fresh();
    const { clientId } = await join({ stateDirectory, trust: { joinString: gone.joinString } });
    await operator(gone, 'POST', `/clients/${clientId}/rebind`, { joinString: wfm(b).joinString });
    await report({ stateDirectory });
    assert.equal((await rebindOf(gone, clientId)).state, 'told');
    await gone.close();
    const daemon = run(stateDirectory);
    await until(async () => (await status({ stateDirectory })).wfm === wfm(b).deviceUrl);
    await daemon.stop();
  });

  it('by order that is taken back while the device waits: it stays', async () => {
    const { stateDirectory, clientId } = await joinA();
    const daemon = run(stateDirectory);
    await operator(wfm(a), 'POST', `/clients/${clientId}/rebind`, { joinString: wfm(hold).joinString });
    await until(async () => (await rebindOf(wfm(a), clientId)).state === 'accepted');
    await operator(wfm(a), 'DELETE', `/clients/${clientId}/rebind`);
    await until(async () => daemon.events.some((e) => e.event === 'notice' && /does not move/.test(e.text)));
    assert.equal((await rebindOf(wfm(a), clientId)).state, 'cancelled');
    assert.equal((await status({ stateDirectory })).wfm, wfm(a).deviceUrl);
    await daemon.stop();
  });

  it('beside a daemon that runs: it serves the old WFM until the switch, then the new one', async () => {
    const { stateDirectory, clientId } = await joinA();
    const daemon = run(stateDirectory);
    await until(async () => daemon.events.some((e) => e.event === 'reported'));
    const moved = await rebind({ stateDirectory, trust: { joinString: wfm(b).joinString } });
    const now = await status({ stateDirectory });
    assert.deepEqual(
      [now.wfm, now.clientId, now.daemon?.['state']],
      [wfm(b).deviceUrl, moved.clientId, 'active'],
    );
    await daemon.stop();
    assert.equal(await devicesOf(wfm(b), moved.clientId), 1);
    assert.equal(await devicesOf(wfm(a), clientId), 0);
  });

  it('by order is not done where a proxy that inspects TLS is trusted, unless the owner wants it', async () => {
    const keys = await generateKeyPair('p256');
    const inspector = await createRootCa({ keys, commonName: 'inspector', notBefore: new Date(), days: 9 });
    const alsoCaFile = fresh('inspector');
    await writeFile(alsoCaFile, inspector.pem);
    const stateDirectory = fresh();
    const { clientId } = await join({
      stateDirectory,
      trust: { joinString: wfm(a).joinString, alsoCaFile },
    });
    await operator(wfm(a), 'POST', `/clients/${clientId}/rebind`, { joinString: wfm(b).joinString });
    const careful = run(stateDirectory);
    await until(async () => (await rebindOf(wfm(a), clientId)).state === 'told');
    // Several reports later it has still not begun.
    const seen = careful.events.length;
    await until(() => careful.events.slice(seen).filter((e) => e.event === 'reported').length >= 5);
    await careful.stop();
    assert.equal((await rebindOf(wfm(a), clientId)).state, 'told');
    assert.equal((await status({ stateDirectory })).wfm, wfm(a).deviceUrl);
    const willing = run(stateDirectory, { acceptRebind: 'always' });
    await until(async () => (await rebindOf(wfm(a), clientId)).state === 'moved');
    await willing.stop();
    assert.equal((await status({ stateDirectory })).wfm, wfm(b).deviceUrl);
  });

  it('by order is not done where the owner has switched it off', async () => {
    const { stateDirectory, clientId } = await joinA();
    const daemon = run(stateDirectory, { acceptRebind: 'never' });
    await operator(wfm(a), 'POST', `/clients/${clientId}/rebind`, { joinString: wfm(b).joinString });
    await until(async () => (await rebindOf(wfm(a), clientId)).state === 'told');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal((await rebindOf(wfm(a), clientId)).state, 'told');
    assert.equal((await status({ stateDirectory })).wfm, wfm(a).deviceUrl);
    await daemon.stop();
  });
});
