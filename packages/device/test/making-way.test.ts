/** Commands beside a daemon: it lends them its folder, and goes on with what they leave there. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { describe, it } from 'node:test';
import { askDaemon, join, leave, rebind, rotate, status } from '../src/index.ts';
import { borrowFolder } from '../src/agent/control.ts';
import { lockState } from '../src/state/lock.ts';
import { locked } from '../src/verbs/locked.ts';
import { isRefusal, isState, itemsOf, layGround, operator, runDaemon } from './support/ground.ts';

const { fresh, serve } = await layGround('making-way');
const states = (daemon: ReturnType<typeof runDaemon>): string[] =>
  daemon.events.flatMap((e) => (e.event === 'state' ? [e.state] : []));
/** A daemon that does nothing of its own accord after its first report. */
const calm = { pollSeconds: 3600, slowRetrySeconds: 3600 };

/** A process that joins, and waits for an operator, until it is killed. */
function joinInProcess(stateDirectory: string, joinString: string): ChildProcess {
  const program = `import { join } from ${JSON.stringify(new URL('../src/index.ts', import.meta.url).href)};
    await join({ stateDirectory: ${JSON.stringify(stateDirectory)}, trust: { joinString: ${JSON.stringify(joinString)} },
      onEvent: (e) => e.event === 'pending' && console.log('pending') });`;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('a daemon makes way', () => {
  it('for a new key: the clientId stays, and the next report is signed with it', async () => {
    const wfm = await serve();
    const stateDirectory = fresh();
    const { clientId } = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const daemon = runDaemon(stateDirectory, calm);
    await daemon.until(isState('active'));
    const { before, after } = await rotate({ stateDirectory });
    assert.notEqual(before, after);
    await daemon.until(() => states(daemon).includes('paused') && states(daemon).at(-1) === 'active');
    assert.deepEqual(states(daemon).slice(-3), ['active', 'paused', 'active']);
    assert.equal(daemon.events.filter((e) => e.event === 'reported').length, 2);
    await daemon.stop();
    const now = await status({ stateDirectory });
    assert.deepEqual([now.clientId, now.keyFingerprint], [clientId, after]);
    assert.equal((await itemsOf(wfm, '/clients')).length, 1);
  });

  it('for leaving, and for coming back', async () => {
    const wfm = await serve();
    const stateDirectory = fresh();
    const trust = { joinString: wfm.joinString };
    const { clientId } = await join({ stateDirectory, trust });
    const daemon = runDaemon(stateDirectory, calm);
    await daemon.until(isState('active'));
    assert.deepEqual(await leave({ stateDirectory }), { clientId, removed: true, requests: [] });
    await daemon.until(isState('unbound'));
    assert.deepEqual(await itemsOf(wfm, '/devices'), []);
    assert.equal((await join({ stateDirectory, trust })).clientId, clientId);
    await daemon.until(() => states(daemon).at(-1) === 'active');
    await daemon.stop();
  });

  it('in the middle of waiting for an operator, and takes up what a killed command has left', async () => {
    const wfm = await serve({ admission: 'hold' });
    const stateDirectory = fresh();
    const daemon = runDaemon(stateDirectory);
    await daemon.until(isState('unbound'));
    const command = joinInProcess(stateDirectory, wfm.joinString);
    assert.ok(command.stdout);
    await once(command.stdout, 'data');
    assert.equal((await askDaemon(stateDirectory, 'status'))?.['state'], 'paused');
    command.kill('SIGKILL');
    await daemon.until(isState('pending'));
    // Now the daemon itself waits between two questions.
    const { requests } = await leave({ stateDirectory });
    assert.equal(requests.length, 1);
    await daemon.until(() => states(daemon).at(-1) === 'unbound');
    assert.deepEqual(await itemsOf(wfm, '/enrollments?state=pending'), []);
    await daemon.stop();
  });

  it('for one command at a time, and not while it is stopped from another side', async () => {
    const wfm = await serve();
    const stateDirectory = fresh();
    await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const daemon = runDaemon(stateDirectory, calm);
    await daemon.until(isState('active'));
    await locked({ stateDirectory }, async (isServed) => {
      assert.equal(isServed, true);
      await assert.rejects(rotate({ stateDirectory }), isRefusal('state', /Another command/));
      // It ends without taking the folder from the command.
      await daemon.stop();
      const lock = joinPath(stateDirectory, 'lock');
      assert.match(await readFile(lock, 'utf8'), new RegExp(`^${process.pid} `));
      // Whoever else works here may be another user.
      assert.equal((await stat(lock)).mode & 0o777, 0o644);
    });
    await rotate({ stateDirectory });
  });

  it('and says so when it cannot take the folder again', async () => {
    const stateDirectory = fresh();
    const daemon = runDaemon(stateDirectory, calm);
    await daemon.until(isState('unbound'));
    const giveBack = await borrowFolder(stateDirectory, undefined);
    const unlock = await lockState(stateDirectory);
    giveBack?.();
    await daemon.until((e) => isState('paused')(e) && /already works on/.test(JSON.stringify(e)));
    await unlock();
    await daemon.until(() => states(daemon).at(-1) === 'unbound');
    await daemon.stop();
  });

  it('but for no word that it does not know', async () => {
    const stateDirectory = fresh();
    const daemon = runDaemon(stateDirectory, calm);
    await daemon.until(isState('unbound'));
    const ask = (word: string): Promise<unknown> => askDaemon(stateDirectory, word as 'status');
    await assert.rejects(ask('fly'), isRefusal('state', /another version/));
    await assert.rejects(ask(''), isRefusal('state', /another version/));
    await daemon.stop();
  });

  it('but not for joining another WFM: that is a move', async () => {
    const [one, other] = [await serve(), await serve()];
    const stateDirectory = fresh();
    await join({ stateDirectory, trust: { joinString: one.joinString } });
    const daemon = runDaemon(stateDirectory, calm);
    await daemon.until(isState('active'));
    const trust = { joinString: other.joinString };
    await assert.rejects(join({ stateDirectory, trust }), isRefusal('state', /a daemon that serves it/));
    assert.equal((await status({ stateDirectory })).wfm, one.deviceUrl);
    assert.equal((await rebind({ stateDirectory, trust })).wfm, other.deviceUrl);
    await daemon.stop();
    assert.equal((await itemsOf(other, '/clients')).length, 1);
    assert.equal((await operator(one, 'GET', '/devices'))['items']?.toString(), '');
  });
});
