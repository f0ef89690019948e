/** `muster conform device` as a process, and Muster's own client as processes before it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect } from 'node:tls';
import { after, describe, it } from 'node:test';
import { program, run } from './support.ts';

interface Line {
  readonly event: string;
  readonly id?: string;
  readonly result?: string;
  readonly seen?: string;
  readonly url?: string;
  readonly joinString?: string;
  readonly caFile?: string;
  readonly ca?: string;
  readonly scene?: string;
  readonly conformant?: boolean;
  readonly ended?: string | null;
}

interface Kit {
  readonly lines: Line[];
  readonly ready: Line;
  /** Whether it runs. */
  readonly runs: () => boolean;
  readonly child: ChildProcess;
  /** Its exit code, when all was read. */
  readonly ended: Promise<number>;
}

const root = await mkdtemp(join(tmpdir(), 'muster-conform-device-'));
after(() => rm(root, { recursive: true, force: true }));

/** Starts the kit, and waits until a client may come. */
async function startKit(...args: string[]): Promise<Kit> {
  const child = spawn(process.execPath, [...program, 'conform', 'device', '--json', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  const exit = once(child, 'exit');
  assert.ok(child.stdout);
  const reader = createInterface({ input: child.stdout });
  const read = once(reader, 'close');
  const first = once(reader, 'line');
  reader.on('line', (line) => lines.push(JSON.parse(line) as Line));
  const [ready] = (await first) as [string];
  return {
    lines,
    ready: JSON.parse(ready) as Line,
    runs: () => child.exitCode === null,
    child,
    ended: Promise.all([exit, read]).then(([[code]]) => code as number),
  };
}

const failuresOf = ({ lines }: Kit): string[] =>
  lines.filter((line) => line.result === 'fail').map((line) => `${line.id}: ${line.seen}`);
const skippedOf = ({ lines }: Kit): (string | undefined)[] =>
  lines.filter((line) => line.result === 'skipped').map((line) => line.id);
/** No key of this client is RSA, it asks for no deployments, and has nothing behind it. */
const notLookedAt = ['certificate.strength', 'report.gateway-first', 'signature.present-on-reads'];
const device = (...args: string[]): ReturnType<typeof run> => run(root, {}, 'device', ...args);

describe('muster conform device', { concurrency: 2 }, () => {
  it('finds nothing to remark upon in muster device join, started again as often as it ends', async () => {
    const kit = await startKit('--wait', '30');
    const { joinString = '', caFile = '', ca = '' } = kit.ready;
    assert.equal(await readFile(caFile, 'utf8'), ca);
    while (kit.runs()) await device('join', joinString, '--state', 'joins');
    assert.deepEqual(failuresOf(kit), []);
    assert.equal(await kit.ended, 0);
    // An address has no name to send.
    assert.deepEqual(skippedOf(kit).sort(), [...notLookedAt, 'transport.server-name']);
    const last = kit.lines.at(-1);
    assert.deepEqual([last?.event, last?.conformant, last?.ended], ['summary', true, null]);
    const waited = new Set(kit.lines.flatMap((line) => (line.event === 'waiting' ? [line.scene] : [])));
    assert.deepEqual(
      [...waited],
      [
        'start',
        'lost-reply',
        'busy',
        'pending',
        'garbage',
        'onboarded',
        'wrong-server',
        'wrong-name',
        'expired',
        'same-client-id',
      ],
    );
    await assert.rejects(access(caFile), 'the file goes with the run');
  });

  it('finds nothing to remark upon in muster device run, started once', async () => {
    const scenes = ['lost-reply', 'busy', 'pending', 'garbage', 'wrong-server', 'same-client-id'];
    const kit = await startKit('--wait', '30', '--listen', 'localhost:0', '--scenes', ...scenes);
    const [joinString = '', state] = [kit.ready.joinString, ['--state', 'runs']];
    // It asks once, loses the reply, and leaves the rest to the daemon.
    assert.equal((await device('join', joinString, '--timeout', '0', ...state)).code, 3);
    const often = '--poll 5 --heartbeat 5 --slow-retry 5 --spread 0'.split(' ');
    const daemon = spawn(process.execPath, [...program, 'device', 'run', ...often, ...state], {
      cwd: root,
      stdio: 'ignore',
    });
    const ended = once(daemon, 'exit');
    assert.equal(await kit.ended, 0);
    daemon.kill('SIGTERM');
    assert.deepEqual((await ended)[0], 0);
    assert.deepEqual(failuresOf(kit), []);
    assert.deepEqual(skippedOf(kit).sort(), [...notLookedAt, 'scene.expired', 'scene.wrong-name'].sort());
  });

  it('counts what a client does not come back for as not looked at', async () => {
    const kit = await startKit('--wait', '5', '--scenes', 'wrong-server', 'same-client-id');
    assert.equal((await device('join', kit.ready.joinString ?? '', '--state', 'once')).code, 0);
    assert.equal(await kit.ended, 0);
    assert.deepEqual(failuresOf(kit), []);
    assert.ok(
      skippedOf(kit).includes('scene.wrong-server') && skippedOf(kit).includes('scene.same-client-id'),
    );
  });

  it('ends with 1 when it is stopped before the end, whatever it has seen', async () => {
    const kit = await startKit('--wait', '30', '--scenes', 'wrong-server');
    assert.equal((await device('join', kit.ready.joinString ?? '', '--state', 'stops')).code, 0);
    kit.child.kill('SIGTERM');
    assert.equal(await kit.ended, 1);
    assert.deepEqual(failuresOf(kit), []);
    assert.ok(skippedOf(kit).includes('scene.wrong-server'));
  });

  it('ends with 1 for a client that fails a must, and says which', async () => {
    const kit = await startKit('--wait', '1', '--scenes', 'none');
    const { hostname, port } = new URL(kit.ready.url ?? '');
    const socket = connect({ host: hostname, port: Number(port), ca: kit.ready.ca });
    socket.end('POST /api/v1/onboarding HTTP/1.0\r\n\r\n').resume();
    assert.equal(await kit.ended, 1);
    const failed = failuresOf(kit).map((line) => line.split(':')[0]);
    assert.ok(failed.includes('transport.http') && failed.includes('signature.present'), failed.join());
  });

  it('ends with 4 for one that connects and turns away, with 5 when nobody comes', async () => {
    const kit = await startKit('--wait', '2', '--scenes', 'none');
    const { hostname, port } = new URL(kit.ready.url ?? '');
    const socket = connect({ host: hostname, port: Number(port) });
    await assert.rejects(once(socket, 'secureConnect'), /certificate/);
    assert.equal(await kit.ended, 4);
    assert.equal(kit.lines.at(-1)?.ended, 'untrusted');
    const alone = await run(root, {}, 'conform', 'device', '--wait', '1', '--json');
    assert.equal(alone.code, 5);
    assert.deepEqual(
      [alone.json['ended'], alone.json['conformant'], alone.json['passed']],
      ['unreachable', false, 0],
    );
  });

  it('ends with 2 for what it cannot use', async () => {
    for (const args of [
      ['--listen', 'nowhere'],
      ['--listen', '0.0.0.0:0'],
      ['--public-url', 'http://plant'],
      ['--wait', '0'],
      ['--scenes', 'dance'],
    ]) {
      const ran = await run(root, {}, 'conform', 'device', ...args, '--json');
      assert.equal(ran.code, 2, `${args.join(' ')}: ${ran.stdout}`);
      assert.equal((ran.json['error'] as { code: string }).code, 'usage');
    }
  });

  it('says what to do where the address is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const ran = await run(root, {}, 'conform', 'device', '--listen', `127.0.0.1:${port}`, '--json');
    taken.close();
    assert.equal(ran.code, 1);
    assert.match(JSON.stringify(ran.json['error']), /address-not-usable.*EADDRINUSE.*--listen/);
  });

  it('tells people what it waits for, and stops when it is told to', async () => {
    const child = spawn(process.execPath, [...program, 'conform', 'device'], { cwd: root });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('waits for the client')) child.kill('SIGTERM');
    });
    let told = '';
    child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 5);
    assert.match(said, /muster device join muster1\./);
    assert.match(told, /^– onboarding\.arrives[^]*0 passed, 0 failed/m);
  });
});
