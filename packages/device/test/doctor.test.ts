/** The doctor against a real WFM and real TLS servers, each thing broken on purpose. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join as joinPath } from 'node:path';
import { before, describe, it } from 'node:test';
import {
  createRootCa,
  generateKeyPair,
  issueServerCertificate,
  loadKeyFile,
  selfSignedDeviceCertificate,
} from '@muster/pki';
import type { Diagnosis } from '@muster/protocol';
import type { Wfm } from '@muster/wfm';
import { currentBinding, makeCurrent, saveBinding } from '../src/binding/binding.ts';
import { DeviceError, join, loadDoctor, prepareIdentity } from '../src/index.ts';
import { contentOf } from './support/content.ts';
import { layGround } from './support/ground.ts';

const { doctor, writeBundle } = await loadDoctor();

const { root, fresh, serve } = await layGround('doctor');
const day = 86_400_000;
const of = (d: Diagnosis, name: string): string => d.checks.find((c) => c.name === name)?.result ?? 'absent';
const failures = (d: Diagnosis): string[] => d.checks.filter((c) => c.result === 'fail').map((c) => c.name);

const main = new URL('../../cli/src/main.ts', import.meta.url).pathname;

describe('the doctor', () => {
  let wfm: Wfm;
  const stateDirectory = joinPath(root, 'state');
  before(async () => {
    wfm = await serve();
    await join({ stateDirectory, trust: { joinString: wfm.joinString } });
  });

  it('finds a healthy device healthy, and leaves it as it was', async () => {
    const before_ = await currentBinding(stateDirectory);
    const d = await doctor({ stateDirectory });
    assert.deepEqual(failures(d), []);
    for (const name of [
      'binding',
      'key permissions',
      'key and certificate',
      'device certificate',
      'proxy',
      'DNS',
      'route',
      'TCP',
      'TLS version',
      'chain',
      'host name',
      'server certificate',
      'pin',
      'clock',
      'clientId',
      'signature echo',
      'capabilities',
    ])
      assert.equal(of(d, name), 'pass', name);
    assert.deepEqual(await currentBinding(stateDirectory), before_);
  });

  /** Puts something wrong with a healthy device. @returns what else the doctor is told, and how to mend it */
  type Spoil = (state: string) => Promise<{ capabilitiesFile?: string; mend?: () => void } | void>;
  const bindElsewhere =
    (change: object): Spoil =>
    async (state) => {
      const binding = await currentBinding(state);
      assert.ok(binding);
      const moved = { ...binding, ...change };
      await saveBinding(state, moved);
      await makeCurrent(state, moved);
    };
  const behindProxy =
    (proxy: string): Spoil =>
    async (state) => {
      // This machine itself is never reached through a proxy.
      await bindElsewhere({ wfm: 'https://wfm.example:8443' })(state);
      const before_ = { ...process.env };
      Object.assign(process.env, { HTTPS_PROXY: proxy, NO_PROXY: '' });
      return {
        mend: () => {
          for (const name of ['HTTPS_PROXY', 'NO_PROXY']) delete process.env[name];
          Object.assign(process.env, before_);
        },
      };
    };
  const certificateOf =
    (notBefore: number, days: number): Spoil =>
    async (state) => {
      const keys = await loadKeyFile(joinPath(state, 'key.pem'));
      const from = new Date(Date.now() + notBefore * day);
      const made = await selfSignedDeviceCertificate({ keys, commonName: 'd', notBefore: from, days });
      await writeFile(joinPath(state, 'certificate.pem'), made.pem);
    };
  const faults: Array<[name: string, result: string, what: string, spoil: Spoil, fix: RegExp]> = [
    ['binding', 'fail', 'there is none', (state) => rm(joinPath(state, 'current')), /muster device join/],
    ['binding', 'fail', 'it is damaged', (state) => writeFile(joinPath(state, 'current'), 'x'), /join again/],
    [
      'key permissions',
      'fail',
      'others can read the key',
      (state) => chmod(joinPath(state, 'key.pem'), 0o640),
      /^chmod 600 /,
    ],
    ['key permissions', 'fail', 'the key is gone', (state) => rm(joinPath(state, 'key.pem')), /./],
    ['device certificate', 'fail', 'it has expired', certificateOf(-30, 20), /rotate --same-key/],
    ['device certificate', 'fail', 'it is not valid yet', certificateOf(20, 200), /date/],
    ['device certificate', 'warn', 'it ends soon', certificateOf(-30, 40), /rotate --same-key/],
    ['proxy', 'fail', 'it is away', behindProxy('http://127.0.0.1:1'), /HTTPS_PROXY|proxy/],
    ['proxy', 'fail', 'it is none', behindProxy('socks5://127.0.0.1:1'), /HTTPS_PROXY|http:/],
    [
      'DNS',
      'fail',
      'nobody knows the name',
      bindElsewhere({ wfm: 'https://nobody.invalid:1' }),
      /resolv\.conf/,
    ],
    ['TCP', 'fail', 'nobody listens', bindElsewhere({ wfm: 'https://127.0.0.1:1' }), /firewalls/],
    [
      'pin',
      'warn',
      'the WFM offers another CA',
      bindElsewhere({ caPin: `sha256:${'0'.repeat(64)}` }),
      /join-string/,
    ],
    ['clientId', 'fail', 'there is none yet', bindElsewhere({ clientId: null }), /muster device join/],
    [
      'clientId',
      'fail',
      'the WFM does not know it',
      bindElsewhere({ clientId: 'nobody' }),
      /muster device join/,
    ],
    [
      'capabilities',
      'fail',
      'the file is wrong',
      async () => {
        const capabilitiesFile = fresh('capabilities');
        await writeFile(capabilitiesFile, 'memory: 8 potatoes\n');
        return { capabilitiesFile };
      },
      /capabilities file|Correct/,
    ],
  ];
  for (const [name, result, what, spoil, fix] of faults)
    it(`${name}: ${result} when ${what}`, async () => {
      const sick = fresh('sick');
      await cp(stateDirectory, sick, { recursive: true });
      const { mend, ...told } = (await spoil(sick)) ?? {};
      try {
        const d = await doctor({ stateDirectory: sick, ...told });
        const check = d.checks.find((c) => c.name === name);
        assert.equal(check?.result, result, JSON.stringify(d.checks));
        assert.match(check?.fix ?? '', fix);
        assert.equal(d.result, d.checks.some((c) => c.result === 'fail') ? 'fail' : result);
      } finally {
        mend?.();
      }
    });

  it('route: fail when there is no way to the address', async (t) => {
    const alone = ['--net', process.execPath, main, 'device', 'doctor', '--state', stateDirectory, '--json'];
    const { stdout, stderr, status } = spawnSync('unshare', alone, { encoding: 'utf8' });
    // A network without an interface wants rights that not everybody has.
    if (/unshare|ENOENT/.test(stderr) || status === null) return t.skip(`unshare --net: ${stderr.trim()}`);
    const { checks } = JSON.parse(stdout) as Diagnosis;
    const named = Object.fromEntries(checks.map((c) => [c.name, c.result]));
    assert.deepEqual([named['DNS'], named['route'], named['TCP']], ['pass', 'fail', 'skip']);
    assert.match(checks.find((c) => c.name === 'route')?.fix ?? '', /ip route/);
  });

  it('makes no identity where there is none', async () => {
    const empty = await mkdtemp(joinPath(root, 'empty-'));
    assert.deepEqual(failures(await doctor({ stateDirectory: empty })).slice(0, 2), [
      'binding',
      'key permissions',
    ]);
    await assert.rejects(stat(joinPath(empty, 'key.pem')));
  });

  it('names a readable key, a foreign certificate and a wrong clock, each with its fix', async () => {
    const key = joinPath(stateDirectory, 'key.pem');
    await chmod(key, 0o644);
    const open = await doctor({ stateDirectory });
    await chmod(key, 0o600);
    assert.deepEqual(failures(open), ['key permissions']);
    assert.match(open.checks.find((c) => c.name === 'key permissions')?.fix ?? '', /^chmod 600 /);

    const certificate = joinPath(stateDirectory, 'certificate.pem');
    const right = await readFile(certificate);
    const other = await prepareIdentity({ stateDirectory: joinPath(root, 'other') });
    await writeFile(certificate, other.certificate.pem);
    const foreign = await doctor({ stateDirectory });
    await writeFile(certificate, right);
    assert.deepEqual(failures(foreign), ['key and certificate']);

    const late = await doctor({ stateDirectory, now: () => Date.now() + 3 * 3_600_000 });
    assert.equal(of(late, 'clock'), 'warn');
    assert.equal(of(late, 'signature echo'), 'pass');
  });

  it('judges by the daemon’s rule when the clock is impossible: it says so, and finds nothing else wrong', async () => {
    const content = await contentOf(stateDirectory);
    for (const [now, seen] of [
      [() => performance.now(), /^impossible: 1970-01-01T00:0\d, before 20/],
      [
        () => Date.now() + 3652 * day,
        /^impossible: 20\d\d-.*, more than five years after 20.*; by the WFM it is 20/,
      ],
    ] as const) {
      const d = await doctor({ stateDirectory, now });
      assert.deepEqual(failures(d), []);
      const clock = d.checks.filter((c) => c.name === 'clock');
      assert.deepEqual(
        clock.map((c) => c.result),
        ['warn'],
      );
      assert.match(clock[0]?.seen ?? '', seen);
      for (const name of ['device certificate', 'server certificate', 'signature echo'])
        assert.equal(of(d, name), 'pass', name);
    }
    assert.deepEqual(await contentOf(stateDirectory), content, 'the lower bound, too, is as it was');
    const empty = await mkdtemp(joinPath(root, 'empty-'));
    assert.equal(of(await doctor({ stateDirectory: empty, now: () => 0 }), 'clock'), 'warn');
    assert.equal(of(await doctor({ stateDirectory: empty }), 'clock'), 'skip');
  });

  it('names a key that is not on file, and a client that the WFM does not know', async () => {
    const key = joinPath(stateDirectory, 'key.pem');
    const right = await readFile(key);
    await writeFile(key, await readFile(joinPath(root, 'other', 'key.pem')));
    assert.equal(of(await doctor({ stateDirectory }), 'signature echo'), 'fail');
    await writeFile(key, right);
    const binding = await currentBinding(stateDirectory);
    assert.ok(binding);
    await saveBinding(stateDirectory, { ...binding, clientId: 'nobody' });
    assert.ok(failures(await doctor({ stateDirectory })).includes('clientId'));
    await saveBinding(stateDirectory, binding);
  });

  it('writes a bundle without the clientId or a key, for its owner only', async () => {
    const file = joinPath(root, 'bundle.json');
    await writeBundle(file, stateDirectory, await doctor({ stateDirectory }));
    const text = await readFile(file, 'utf8');
    const binding = await currentBinding(stateDirectory);
    assert.ok(binding?.clientId && binding.continuity);
    assert.ok(!text.includes(binding.clientId) && !text.includes(binding.continuity));
    assert.doesNotMatch(text, /PRIVATE KEY/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('joining and doctor name an expired certificate, a wrong host name, another CA and old TLS', async () => {
    const keys = await generateKeyPair('p256');
    const ca = await createRootCa({
      keys,
      commonName: 'a CA',
      notBefore: new Date(Date.now() - 30 * day),
      days: 90,
    });
    const caFile = joinPath(root, 'ca.pem');
    await writeFile(caFile, ca.pem);
    const server = await generateKeyPair('p256');
    const cases = [
      {
        what: 'server certificate',
        hosts: ['127.0.0.1'],
        days: 2,
        says: /^The server certificate has expired/,
      },
      {
        what: 'host name',
        hosts: ['elsewhere.example'],
        days: 60,
        says: /^The server certificate is for another/,
      },
      {
        what: 'chain',
        hosts: ['127.0.0.1'],
        days: 60,
        stranger: true,
        says: /^The server certificate was not issued by/,
      },
      {
        what: 'TLS version',
        hosts: ['127.0.0.1'],
        days: 60,
        old: true,
        says: /^The server does not speak TLS 1\.3\.$/,
      },
    ];
    for (const { what, hosts, days, stranger, old, says } of cases) {
      const caKeys = stranger === true ? await generateKeyPair('p256') : keys;
      const issuer =
        stranger === true
          ? await createRootCa({
              keys: caKeys,
              commonName: 'inspector',
              notBefore: new Date(Date.now() - day),
              days: 9,
            })
          : ca;
      const certificate = await issueServerCertificate({
        ca: issuer,
        caKey: caKeys.privateKey,
        publicKey: server.publicKey,
        hosts,
        notBefore: new Date(Date.now() - 10 * day),
        days,
      });
      const listener = createServer({
        key: server.privateKey.export({ format: 'pem', type: 'pkcs8' }),
        cert: certificate.pem,
        ...(old === true ? { maxVersion: 'TLSv1.2' as const } : {}),
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => listener.once('listening', resolve));
      const url = `https://127.0.0.1:${(listener.address() as AddressInfo).port}`;
      await assert.rejects(
        join({ stateDirectory: joinPath(root, `refused-${what}`), trust: { url, caFile } }),
        (e) => e instanceof DeviceError && e.code === 'trust' && says.test(e.message) && e.nextStep !== '',
        what,
      );
      const binding = await currentBinding(stateDirectory);
      assert.ok(binding);
      const moved = { ...binding, wfm: url, anchors: { kind: 'ca', pem: [ca.pem] } } as const;
      const sick = joinPath(root, `sick-${what}`);
      await saveBinding(sick, moved);
      await makeCurrent(sick, moved);
      assert.equal(of(await doctor({ stateDirectory: sick }), what), 'fail', what);
      await new Promise((resolve) => listener.close(resolve));
    }
  });
});
