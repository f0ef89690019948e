/** The daemon as systemd and containers start it: by what packaging/ says, with a real notification socket. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { createInterface } from 'node:readline';
import { before, describe, it } from 'node:test';
import { askDaemon, type DeviceEvent } from '@muster/device';
import type { Wfm } from '@muster/wfm';
import { layGround, until } from '../../device/test/support/ground.ts';
import { nodeFlags } from '../../../scripts/flags.mjs';
import { levelOf } from '../src/commands/device/log.ts';
import { run } from './support.ts';

const repository = new URL('../../../', import.meta.url).pathname;
const ground = await layGround('supervised');
const has = (program: string, flag: string): boolean => spawnSync(program, [flag]).status === 0;
const noNotify =
  has('python3', '--version') && has('systemd-notify', '--version')
    ? false
    : 'python3 or systemd-notify is not installed';

/** Node has no datagram sockets of the UNIX family. */
const listener = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print(json.dumps("bound"), flush=True)
while True:
    print(json.dumps(s.recv(4096).decode()), flush=True)
`;

async function settings(file: string): Promise<Map<string, string>> {
  const lines = (await readFile(joinPath(repository, 'packaging', file), 'utf8')).split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, key = '', value = ''] = /^([A-Z]\w+)=(.*)$/.exec(line) ?? [];
      return key === '' ? [] : [[key, value] as const];
    }),
  );
}

async function stop(child: ChildProcess): Promise<number | null> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = (await ended) as [number | null];
  return code;
}

describe('the daemon as a systemd service', { skip: noNotify }, () => {
  let wfm: Wfm;
  let unit: Map<string, string>;
  const state = joinPath(ground.root, 'service');
  const socket = joinPath(ground.root, 'notify');
  const credentials = joinPath(ground.root, 'credentials');
  const cache = joinPath(ground.root, 'cache');
  const env = { CREDENTIALS_DIRECTORY: credentials, CACHE_DIRECTORY: cache };
  before(async () => {
    wfm = await ground.serve();
    unit = await settings('muster-device.service');
    await mkdir(credentials);
    await writeFile(joinPath(credentials, 'muster-key-passphrase'), 'a long passphrase\n', { mode: 0o600 });
  });

  /** Starts what ExecStart= says, by the launcher. */
  function start(more: Record<string, string>): ChildProcess {
    const [, args = ''] = /muster (device run .*)$/.exec(unit.get('ExecStart') ?? '') ?? [];
    const words = args.replaceAll('${STATE_DIRECTORY}', state).split(' ');
    return spawn(process.execPath, [joinPath(repository, 'packages/cli/bin/muster.mjs'), ...words], {
      env: { ...process.env, MUSTER_LAUNCHED: '', ...more },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  it('tells systemd when it is ready, what it is in, and that it stops', async () => {
    assert.equal(unit.get('Type'), 'notify');
    // systemd-notify is a process of its own.
    assert.equal(unit.get('NotifyAccess'), 'all');
    const joined = await run(ground.root, env, 'device', 'join', wfm.joinString, '--state', state, '--json');
    assert.equal(joined.code, 0, joined.stderr);
    assert.match(await readFile(joinPath(state, 'key.pem'), 'utf8'), /ENCRYPTED PRIVATE KEY/);

    const heard: string[] = [];
    const ear = spawn('python3', ['-c', listener, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: ear.stdout }).on('line', (line) => heard.push(JSON.parse(line) as string));
    await until(() => heard.includes('bound'));
    const daemon = start({ ...env, NOTIFY_SOCKET: socket });
    try {
      await until(() => heard.some((said) => said.includes('STATUS=active')));
      const [ready, active] = ['READY=1', 'STATUS=active'].map((what) =>
        heard.findIndex((said) => said.split('\n').includes(what)),
      );
      assert.ok((ready ?? -1) > 0 && (active ?? -1) > (ready ?? 0), heard.join(' | '));
      assert.equal((await stat(joinPath(state, 'control.sock'))).mode & 0o777, 0o600);
      assert.ok((await readdir(cache)).length > 50, 'the sources without their types');
      assert.equal(await stop(daemon), 0);
      await until(() => heard.some((said) => said.split('\n').includes('STOPPING=1')));
    } finally {
      daemon.kill('SIGKILL');
      ear.kill('SIGKILL');
    }
  });

  it('without its credential says by name what is missing, and goes on to wait for it', async () => {
    const { CREDENTIALS_DIRECTORY: _, ...less } = env;
    const daemon = start(less);
    const told = await until(async () => {
      const now = await askDaemon(state, 'status');
      return now?.['state'] === 'failed' && now;
    });
    assert.match(`${String(told['detail'])} ${String(told['nextStep'])}`, /passphrase/i);
    assert.equal(await stop(daemon), 0);
  });

  const file = joinPath(repository, 'packaging/muster-device.service');
  const noAnalyze = has('systemd-analyze', '--version') ? false : 'systemd-analyze is not installed';

  it('has a unit that systemd takes, every line of it', { skip: noAnalyze }, async () => {
    const verify = (unitFile: string): { status: number | null; told: string } => {
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', unitFile], {
        encoding: 'utf8',
      });
      return { status, told: stdout + stderr };
    };
    const { status, told } = verify(file);
    assert.equal(status, 0, told);
    assert.doesNotMatch(told, /muster-device\.service/);
    // What it does not know, it only says.
    const wrong = joinPath(ground.root, 'muster-device.service');
    await writeFile(wrong, (await readFile(file, 'utf8')).replace('NoNewPrivileges', 'NoNewPrivilege'));
    assert.match(verify(wrong).told, /muster-device\.service.*NoNewPrivilege/);
  });

  // The option came with systemd 250.
  const noSecurity =
    noAnalyze !== false
      ? noAnalyze
      : /--offline/.test(execFileSync('systemd-analyze', ['--help'], { encoding: 'utf8' }))
        ? false
        : 'this systemd-analyze judges no unit that is not loaded';

  it('has a unit that exposes little by the judgement of systemd', { skip: noSecurity }, () => {
    // Of 10.0, where 10 is a service without any bound; 2.1 as it is, since it needs the network and systemd-notify.
    const judged = spawnSync('systemd-analyze', ['security', '--offline=yes', '--threshold=25', file], {
      encoding: 'utf8',
    });
    assert.equal(judged.status, 0, judged.stdout + judged.stderr);
  });
});

describe('the container image', () => {
  it('is made of what is there, and its entry point starts the command', async () => {
    const text = (await readFile(joinPath(repository, 'packaging/Containerfile'), 'utf8')).replace(
      /\\\n/g,
      ' ',
    );
    for (const [, sources = ''] of text.matchAll(/^COPY (.*) \S+$/gm))
      for (const source of sources.split(' ')) await stat(joinPath(repository, source));
    assert.match(text, /^USER node$/m);
    const [, entry = ''] = /^ENTRYPOINT (\[.*\])$/m.exec(text) ?? [];
    const [program, ...args] = JSON.parse(entry.replaceAll('/opt/muster/', repository)) as string[];
    assert.equal(program, 'node');
    // As the launcher sets it up.
    for (const flag of nodeFlags('device')) assert.ok(args.includes(flag), flag);
    const said = execFileSync(process.execPath, [...args, 'run', '--help'], {
      cwd: repository,
      encoding: 'utf8',
    });
    assert.match(said, /Usage: muster device run/);
  });
});

describe('the log of the daemon', () => {
  it('has a level for each event: changes are told, tries are for whoever looks for something', () => {
    const at = new Date().toISOString();
    const state = (name: string): DeviceEvent => ({
      event: 'state',
      state: name,
      since: at,
      detail: null,
      nextStep: null,
      nextTryAt: null,
      failures: 0,
    });
    assert.deepEqual(['active', 'pending', 'unreachable', 'untrusted', 'failed'].map(state).map(levelOf), [
      'info',
      'info',
      'warn',
      'warn',
      'error',
    ]);
    assert.equal(levelOf({ event: 'retry', reason: 'r', afterSeconds: 1 }), 'debug');
    assert.equal(levelOf({ event: 'pending', words: [], fingerprint: '', retryAfterSeconds: 1 }), 'debug');
    assert.equal(levelOf({ event: 'notice', text: 't' }), 'warn');
    assert.equal(levelOf({ event: 'reported', deviceId: 'd', profile: 'rc.2c', status: 200 }), 'info');
  });

  it('tells what is wanted, to people and as JSON', async () => {
    const wfm = await ground.serve();
    const state = ground.fresh();
    const joined = await run(ground.root, {}, 'device', 'join', wfm.joinString, '--state', state);
    assert.equal(joined.code, 0, joined.stderr);
    const logOf = async (...more: string[]): Promise<string> => {
      const running = run(ground.root, {}, 'device', 'run', '--state', state, '--spread', '0', ...more);
      await until(async () => (await askDaemon(state, 'status'))?.['state'] === 'active');
      await askDaemon(state, 'stop');
      const { code, stdout, stderr } = await running;
      assert.equal(code, 0, stderr);
      return `${stdout}${stderr}`;
    };
    assert.match(await logOf(), /^20\S+ active$/m);
    assert.equal(await logOf('--log-level', 'warn'), '');
    const lines = (await logOf('--json')).trim().split('\n');
    assert.ok(
      lines.some((line) => (JSON.parse(line) as DeviceEvent & { state?: string }).state === 'active'),
    );
    assert.equal((await run(ground.root, {}, 'device', 'run', '--log-level', 'loud')).code, 2);
  });
});
