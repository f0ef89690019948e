/** The command as people and scripts use it: real processes, real files, real exit codes. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { commandIn, kill, program, type Ready, type Result } from '../support/command.ts';

const root = await mkdtemp(join(tmpdir(), 'muster-e2e-'));
const data = join(root, 'wfm');
const env: NodeJS.ProcessEnv = { ...process.env, MUSTER_DATA: data, MUSTER_LAUNCHED: '' };
const { muster, startWfm } = commandIn(root, env);

describe('the command', () => {
  let wfm: { child: ChildProcess; ready: Ready };
  let clientId = '';
  before(async () => {
    wfm = await startWfm('--hold-seconds', '1', '--retry-after-seconds', '1');
  });
  after(async () => {
    assert.equal(await kill(wfm.child, 'SIGTERM'), 0, 'an orderly end');
    await rm(root, { recursive: true, force: true });
  });

  it('wfm start tells all that is needed, and keeps its token to itself', async () => {
    assert.match(wfm.ready.caPin, /^sha256:[0-9a-f]{64}$/);
    assert.match(wfm.ready.joinString, /^muster1\./);
    // Null where nobody has built it.
    const { consoleUrl } = wfm.ready;
    assert.ok(consoleUrl === null || consoleUrl === `${wfm.ready.operatorUrl}/console/`);
    assert.equal((await stat(wfm.ready.operatorTokenFile)).mode & 0o777, 0o600);
    assert.equal((await muster('wfm', 'join-string')).stdout.trim(), wfm.ready.joinString);
  });

  it('device join waits with words, clients approve lets it in', async () => {
    const joining = spawn(
      process.execPath,
      [...program, 'device', 'join', wfm.ready.joinString, '--state', 'd1', '--json'],
      { env, cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const events: Record<string, unknown>[] = [];
    for await (const line of createInterface({ input: joining.stdout })) {
      const event = JSON.parse(line) as Record<string, unknown>;
      events.push(event);
      if (event['event'] !== 'pending' || events.filter((e) => e['event'] === 'pending').length > 1) continue;
      const { items } = (await muster('clients', 'list', '--json')).json as {
        items: Record<string, unknown>[];
      };
      assert.deepEqual(items[0]?.['words'], event['words'], 'both sides show the same words');
      assert.equal((await muster('clients', 'approve', String(event['fingerprint']), '--json')).code, 0);
    }
    const joined = events.at(-1);
    assert.equal(joined?.['event'], 'joined');
    assert.equal(joined?.['wfm'], wfm.ready.deviceUrl);
    clientId = String(joined?.['clientId']);
    assert.equal((await muster('device', 'status', '--state', 'd1', '--json')).json['clientId'], clientId);
    assert.equal((await muster('device', 'report', '--state', 'd1', '--json')).json['status'], 200);
    const devices = (await muster('devices', 'list', '--json')).json as {
      items: { clientId: string; deviceId: string }[];
    };
    assert.equal(devices.items[0]?.clientId, clientId);
    assert.equal((await muster('devices', 'show', clientId, devices.items[0]?.deviceId ?? '')).code, 0);
    assert.equal((await muster('clients', 'show', clientId, '--json')).json['state'], 'active');
    assert.equal((await muster('audit', 'verify', '--json')).json['ok'], true);
  });

  it('preauthorize lets in at once, by certificate file and by list; bad lists add nothing', async () => {
    await muster('device', 'join', wfm.ready.joinString, '--state', 'd2', '--timeout', '0');
    assert.equal((await muster('preauthorize', 'd2/certificate.pem')).code, 0);
    assert.equal((await muster('device', 'join', wfm.ready.joinString, '--state', 'd2', '--json')).code, 0);
    await writeFile(
      join(root, 'list.csv'),
      `fingerprint,kind,note\n${'ab'.repeat(32)},key,line 4\nnonsense\n`,
    );
    const bad = await muster('preauthorize', 'list.csv');
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /line 3/);
    await writeFile(join(root, 'list.csv'), `fingerprint,kind,note\nsha256:${'ab'.repeat(32)},key,line 4\n`);
    assert.equal((await muster('preauthorize', 'list.csv', '--json')).json['added'], 1);
  });

  const failures: Array<[string, string[], number, RegExp]> = [
    ['an unknown flag', ['device', 'join', 'x', '--nonsense'], 2, /unknown option/],
    ['a missing argument', ['clients', 'approve'], 2, /missing required argument/],
    ['no join string', ['device', 'join'], 2, /no join string/],
    ['an unknown command', ['dance'], 2, /unknown command/],
    ['a damaged join string', ['device', 'join', 'muster1.AAAA', '--state', 'd9'], 2, /checksum/],
    ['a bad setting', ['wfm', 'start', '--device-listen', 'nowhere', '--data', 'x'], 2, /HOST:PORT/],
    ['a client that is not there', ['clients', 'approve', 'ffffffffffff'], 3, /no request/],
    [
      'nobody there',
      ['device', 'join', 'https://127.0.0.1:1', '--ca-pin', `sha256:${'0'.repeat(64)}`, '--state', 'd9'],
      5,
      /cannot be reached/,
    ],
    ['no WFM here', ['clients', 'list', '--data', 'none'], 5, /no WFM/],
    ['not joined', ['device', 'report', '--state', 'd9'], 1, /has not joined/],
  ];
  for (const [name, args, code, said] of failures) {
    it(`${name} → exit ${code}, with words and no stdout`, async () => {
      const result = await muster(...args);
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, said);
      assert.equal(result.stdout, '');
    });
  }

  it('a wrong pin → exit 4 with seen, expected and the next step', async () => {
    const result = await muster(
      'device',
      'join',
      wfm.ready.deviceUrl,
      '--ca-pin',
      `sha256:${'0'.repeat(64)}`,
      '--state',
      'd9',
      '--json',
    );
    assert.equal(result.code, 4);
    const { error } = result.json as { error: Record<string, unknown> };
    assert.equal(error['seen'], wfm.ready.caPin);
    assert.equal(error['exitCode'], 4);
    assert.ok(String(error['nextStep']).length > 0);
  });

  it('a rejected device → exit 3', async () => {
    assert.equal(
      (await muster('device', 'join', wfm.ready.joinString, '--state', 'd3', '--timeout', '0')).code,
      3,
    );
    const status = (await muster('clients', 'list', '--state', 'pending', '--json')).json as {
      items: { fingerprint: string }[];
    };
    assert.equal((await muster('clients', 'reject', status.items[0]?.fingerprint ?? '')).code, 0);
    assert.equal((await muster('device', 'join', wfm.ready.joinString, '--state', 'd3')).code, 3);
  });

  it('preauthorize reads bundles of thousands, names every bad line, and rehearses', async () => {
    const fingerprints = Array.from({ length: 10_000 }, (_, i) =>
      createHash('sha256').update(`import ${i}`).digest('hex'),
    );
    const list = [
      'fingerprint,kind,note',
      ...fingerprints.map((f, i) => `${f},certificate,"line, ${i}"`),
      fingerprints[0],
    ];
    await writeFile(join(root, 'many.csv'), `\ufeff${list.join('\r\n')}`);
    const rehearsed = await muster('preauthorize', 'many.csv', '--dry-run', '--json');
    assert.deepEqual(
      [rehearsed.json['added'], rehearsed.json['twice'], rehearsed.json['dryRun']],
      [10_000, 1, true],
      rehearsed.stderr,
    );
    const added = await muster('preauthorize', 'many.csv', '--json');
    assert.deepEqual([added.json['added'], added.json['existing']], [10_000, 0]);
    assert.equal((await muster('preauthorize', 'many.csv', '--json')).json['existing'], 10_000);
    const pem = await readFile(join(root, 'd1', 'certificate.pem'), 'utf8');
    const bad: ReadonlyArray<readonly [string, string | Buffer, RegExp]> = [
      [
        'bad.csv',
        `${'ab'.repeat(32)}\nnonsense\n${'cd'.repeat(32)},colour\n`,
        /line 2: .*no SHA-256[^]*line 3: .*colour/,
      ],
      ['half.pem', `${pem}${pem.slice(0, 200)}`, /no end/],
      ['bent.pem', pem.replace(/[A-Za-z]{20}/, '!!!!'), /line 1/],
      ['utf16.csv', Buffer.from(`\ufeff${'ab'.repeat(32)}`, 'utf16le'), /UTF-8/],
    ];
    for (const [name, content, words] of bad) {
      await writeFile(join(root, name), content);
      const refused = await muster('preauthorize', name);
      assert.equal(refused.code, 2, name);
      assert.match(refused.stderr, words, name);
    }
    const bundle = Array.from({ length: 200 }, () => pem).join('');
    await writeFile(join(root, 'bundle.pem'), bundle);
    assert.equal((await muster('preauthorize', 'bundle.pem', '--json')).json['twice'], 199);
  });

  it('tokens give others a part of the operator API, and take it back', async () => {
    const made = await muster('tokens', 'create', 'wall display', '--role', 'viewer', '--json');
    const token = String(made.json['token']);
    const as = (...args: string[]): Promise<Result> => {
      env['MUSTER_OPERATOR_TOKEN'] = token;
      return muster(...args).finally(() => delete env['MUSTER_OPERATOR_TOKEN']);
    };
    assert.equal((await as('clients', 'list')).code, 0);
    const refused = await as('clients', 'block', clientId);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /needs the role operator/);
    assert.equal((await muster('tokens', 'revoke', 'wall display')).code, 0);
    assert.equal((await as('clients', 'list')).code, 3);
    assert.match((await muster('tokens', 'list')).stdout, /wall display/);
  });

  it('device-ca, rules and tickets decide who gets in', async () => {
    const openssl = (...args: string[]): void =>
      void execFileSync('openssl', args, { cwd: root, stdio: 'pipe' });
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=Makers root',
      '-keyout',
      'maker.key',
      '-out',
      'maker.pem',
    );
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=GW-1',
      '-keyout',
      'gw.key',
      '-out',
      'gw.csr',
    );
    openssl(
      'x509',
      '-req',
      '-in',
      'gw.csr',
      '-CA',
      'maker.pem',
      '-CAkey',
      'maker.key',
      '-set_serial',
      '77',
      '-out',
      'gw.pem',
    );
    await chmod(join(root, 'gw.key'), 0o600);
    const added = await muster(
      'device-ca',
      'add',
      'maker.pem',
      '--name',
      'maker',
      '--action',
      'allow',
      '--subject',
      'CN=GW-*',
      '--label',
      'site=north',
      '--json',
    );
    assert.equal(added.code, 0, added.stderr);
    const bad = await muster('device-ca', 'add', 'gw.pem', '--name', 'leaf');
    assert.equal(bad.code, 3);
    assert.match(bad.stderr, /no CA/);
    const joined = await muster(
      'device',
      'join',
      wfm.ready.joinString,
      '--state',
      'd5',
      '--key-file',
      join(root, 'gw.key'),
      '--cert-file',
      join(root, 'gw.pem'),
      '--json',
    );
    assert.equal(joined.code, 0, joined.stderr);
    const found = (await muster('clients', 'list', '--label', 'site=north', '--json')).json as {
      items: { clientId: string; rule: string }[];
    };
    assert.deepEqual(
      found.items.map((c) => [c.clientId, c.rule]),
      [[joined.json['clientId'], 'maker']],
    );
    assert.match((await muster('rules', 'show')).stdout, /maker/);
    await writeFile(
      join(root, 'rules.yaml'),
      'rules:\n  - {name: none, action: deny, reason: closed today, match: {}}\n',
    );
    const rehearsed = await muster('rules', 'rehearse', 'rules.yaml', '--json');
    assert.equal(rehearsed.json['event'], 'summary');
    assert.equal((await muster('rules', 'set', 'rules.yaml', '--comment', 'a test')).code, 0);
    const turnedAway = await muster(
      'device',
      'join',
      wfm.ready.joinString,
      '--state',
      'd6',
      '--timeout',
      '0',
    );
    assert.equal(turnedAway.code, 3);
    assert.match(turnedAway.stderr, /closed today/);
    const ticket = String((await muster('clients', 'ticket', '--json')).json['ticket']);
    assert.equal(
      (await muster('device', 'join', wfm.ready.joinString, '--state', 'd6', '--ticket', ticket)).code,
      0,
    );
    assert.equal((await muster('device-ca', 'remove', 'maker')).code, 0);
    await writeFile(join(root, 'none.yaml'), 'rules: []\n');
    assert.equal((await muster('rules', 'set', 'none.yaml')).code, 0);
  });

  it('device rotate changes the key and keeps the clientId', async () => {
    const before = (await muster('device', 'status', '--state', 'd1', '--json')).json['keyFingerprint'];
    const rotated = await muster('device', 'rotate', '--state', 'd1', '--json');
    assert.equal(rotated.json['clientId'], clientId, rotated.stderr);
    assert.notEqual(rotated.json['after'], before);
    assert.equal((await muster('device', 'report', '--state', 'd1', '--json')).json['status'], 200);
  });

  it('receipts and exports are checked without a WFM', async () => {
    assert.equal((await muster('clients', 'receipt', clientId, '--out', 'receipt.json')).code, 0);
    const offline = { ...process.env, MUSTER_DATA: join(root, 'nowhere') };
    const check = (...args: string[]): Promise<Result> => {
      const { MUSTER_DATA } = env;
      env['MUSTER_DATA'] = offline.MUSTER_DATA;
      return muster('audit', 'verify', ...args).finally(() => (env['MUSTER_DATA'] = MUSTER_DATA));
    };
    assert.equal((await check('receipt.json')).code, 0);
    const signer = String((await muster('wfm', 'trust', 'show', '--json')).json['auditSigner']);
    assert.equal((await check('receipt.json', '--signer', signer)).code, 0);
    assert.equal((await check('receipt.json', '--signer', `sha256:${'0'.repeat(64)}`)).code, 4);
    const text = await readFile(join(root, 'receipt.json'), 'utf8');
    await writeFile(join(root, 'forged.json'), text.replace('key rotation', 'approved by me'));
    assert.equal((await check('forged.json')).code, 4);
    const lines = (await muster('audit', 'export')).stdout.trim().split('\n');
    await writeFile(join(root, 'audit.jsonl'), lines.join('\n'));
    assert.equal((await check('audit.jsonl')).code, 0);
    await writeFile(join(root, 'cut.jsonl'), [...lines.slice(0, -2), lines.at(-1)].join('\n'));
    const cut = await check('cut.jsonl');
    assert.equal(cut.code, 4);
    assert.match(cut.stderr, new RegExp(`entry ${lines.length - 1}`));
    await writeFile(join(root, 'open.jsonl'), lines.slice(0, -1).join('\n'));
    assert.equal((await check('open.jsonl')).code, 4, 'without its checkpoint');
    assert.equal((await check('nothing.jsonl')).code, 2);
  });

  it('events are followed as JSON Lines', async () => {
    const child = spawn(
      process.execPath,
      [...program, 'events', '--after', '0', '--types', 'client.', '--json'],
      {
        env,
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line) as { action: string };
      assert.match(event.action, /^client\./);
      break;
    }
    assert.equal(await kill(child, 'SIGTERM'), 0);
  });

  it('kill -9 of the WFM and of the device at random points never makes a second identity', async () => {
    let seed = 7;
    const random = (n: number): number => (seed = (Math.imul(seed, 48_271) >>> 0) % 2_147_483_647) % n;
    const { port } = new URL(wfm.ready.deviceUrl);
    const { caPin } = wfm.ready;
    const active = async (): Promise<{ clientId: string }[]> =>
      (
        (await muster('clients', 'list', '--state', 'active', '--json')).json as {
          items: { clientId: string }[];
        }
      ).items;
    const before = (await active()).length;
    // Each takes seconds. The drill kills the WFM far more often; here the device goes with it.
    const rounds = Math.ceil(Number(process.env['MUSTER_DRILL_KILLS'] ?? 10) / 5);
    for (let round = 0; round < rounds; round++) {
      const state = `k${round}`;
      await muster('device', 'join', wfm.ready.joinString, '--state', state, '--timeout', '0');
      assert.equal((await muster('preauthorize', `${state}/certificate.pem`)).code, 0);
      const device = spawn(
        process.execPath,
        [...program, 'device', 'join', wfm.ready.joinString, '--state', state, '--json'],
        { env, cwd: root, stdio: 'ignore' },
      );
      // Between the first connection and the last answer, as far as a clock can tell.
      await new Promise((resolve) => setTimeout(resolve, 250 + random(500)));
      await Promise.all([
        device.exitCode === null ? kill(device, 'SIGKILL') : undefined,
        kill(wfm.child, 'SIGKILL'),
      ]);
      wfm = await startWfm(
        '--hold-seconds',
        '1',
        '--retry-after-seconds',
        '1',
        '--device-listen',
        `127.0.0.1:${port}`,
      );
      assert.equal(wfm.ready.caPin, caPin);
      const again = await muster('device', 'join', wfm.ready.joinString, '--state', state, '--json');
      const third = await muster('device', 'join', wfm.ready.joinString, '--state', state, '--json');
      assert.ok(again.json['clientId'], again.stderr);
      assert.equal(third.json['clientId'], again.json['clientId']);
    }
    const after = await active();
    assert.equal(after.length, before + rounds);
    assert.equal(new Set(after.map((c) => c.clientId)).size, after.length);
    assert.ok(after.some((c) => c.clientId === clientId));
    assert.equal((await muster('audit', 'verify')).code, 0);
  });

  it('device leave deletes what was reported', async () => {
    assert.equal((await muster('device', 'leave', '--state', 'd1', '--json')).json['removed'], true);
    const devices = (await muster('devices', 'list', '--client', clientId, '--json')).json as {
      items: unknown[];
    };
    assert.deepEqual(devices.items, []);
    assert.equal((await muster('device', 'status', '--state', 'd1', '--json')).json['state'], 'unbound');
  });
});
