/** Real forward proxies between a device and a real WFM whose name only the proxy can resolve. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DeviceError, join, leave, report } from '@muster/device';
import { startWfm, type Wfm } from '@muster/wfm';
import { find, freePort, reachable } from './support.ts';

const squid = find('squid');
const mitmdump = find('mitmdump');
const helper = '/usr/lib/squid/basic_ncsa_auth';
const skip = squid === undefined ? 'squid is not installed here' : false;

describe('a device behind a proxy', { skip }, () => {
  let directory: string;
  let wfm: Wfm;
  let port: number;
  const children: ChildProcess[] = [];
  const before_ = { proxy: process.env['HTTPS_PROXY'], none: process.env['NO_PROXY'] };
  const use = (proxy: string, none = ''): void => {
    process.env['HTTPS_PROXY'] = proxy;
    process.env['NO_PROXY'] = none;
  };
  const state = (name: string): string => joinPath(directory, name);
  const refusal = (name: string, code: string, message: RegExp) =>
    assert.rejects(
      join({ stateDirectory: state(name), trust: { joinString: wfm.joinString } }),
      (error: unknown) => {
        assert.ok(error instanceof DeviceError);
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.doesNotMatch(JSON.stringify([error.message, error.seen, error.nextStep]), /s3%20cret|s3 cret/);
        return true;
      },
    );

  before(async () => {
    directory = await mkdtemp(joinPath(tmpdir(), 'muster-proxied-'));
    // Squid gives up root's rights and must still read its files.
    await chmod(directory, 0o755);
    const wfmPort = await freePort();
    port = await freePort();
    wfm = await startWfm({
      data: joinPath(directory, 'wfm'),
      deviceListen: `127.0.0.1:${wfmPort}`,
      operatorListen: '127.0.0.1:0',
      admission: 'open',
      publicUrls: [`https://wfm.example:${wfmPort}`],
      logLevel: 'silent',
    });
    const password = execFileSync('openssl', ['passwd', '-apr1', 's3 cret'], { encoding: 'utf8' });
    await writeFile(joinPath(directory, 'users'), `plant:${password}`);
    await writeFile(joinPath(directory, 'hosts'), '127.0.0.1 wfm.example\n');
    await writeFile(
      joinPath(directory, 'squid.conf'),
      `http_port 127.0.0.1:${port}
pid_filename none
cache_log /dev/null
access_log none
cache deny all
shutdown_lifetime 0 seconds
hosts_file ${directory}/hosts
auth_param basic program ${helper} ${directory}/users
auth_param basic children 1
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
`,
    );
    const args = ['-N', '-n', `muster${process.pid}`, '-f', joinPath(directory, 'squid.conf')];
    children.push(spawn(squid ?? '', args, { stdio: 'ignore' }));
    await reachable(port);
  });
  after(async () => {
    for (const [name, value] of [
      ['HTTPS_PROXY', before_.proxy],
      ['NO_PROXY', before_.none],
    ] as const) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    for (const child of children) {
      if (child.exitCode !== null) continue;
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await wfm.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('joins, reports and leaves through it, with credentials', async () => {
    use(`http://plant:s3%20cret@127.0.0.1:${port}`);
    const stateDirectory = state('through');
    await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    assert.equal((await report({ stateDirectory })).status, 200);
    assert.equal((await leave({ stateDirectory })).removed, true);
  });

  it('says that credentials are missing or wrong, or that the proxy is away', async () => {
    use(`http://127.0.0.1:${port}`);
    await refusal('none', 'unreachable', /^The proxy 127\.0\.0\.1:\d+ wants credentials\.$/);
    use(`http://plant:wrong@127.0.0.1:${port}`);
    await refusal('wrong', 'unreachable', /refuses the credentials/);
    use(`http://plant:s3%20cret@127.0.0.1:${await freePort()}`);
    await refusal('away', 'unreachable', /^The proxy .* cannot be reached\.$/);
    use('socks5://plant:s3%20cret@127.0.0.1:1');
    await refusal('socks', 'usage', /HTTPS_PROXY names no HTTP proxy/);
  });

  it('goes past it where NO_PROXY says so', async () => {
    use(`http://plant:s3%20cret@127.0.0.1:${port}`, 'other.test, .example');
    // Nobody but the proxy can resolve the name.
    await refusal('past', 'unreachable', /^The WFM at wfm\.example:\d+ cannot be reached\.$/);
  });

  const noMitm = mitmdump === undefined ? 'mitmproxy is not installed here' : false;
  it('names a proxy that inspects TLS, and trusts it only when told to', { skip: noMitm }, async () => {
    const inspecting = await freePort();
    const child = spawn(
      mitmdump ?? '',
      [
        '--quiet',
        '--listen-host',
        '127.0.0.1',
        '--listen-port',
        String(inspecting),
        '--set',
        `confdir=${directory}/mitm`,
        '--ssl-insecure',
        '--mode',
        `upstream:http://127.0.0.1:${port}`,
        '--upstream-auth',
        'plant:s3 cret',
      ],
      { stdio: 'ignore' },
    );
    children.push(child);
    await reachable(inspecting);
    use(`http://127.0.0.1:${inspecting}`);
    await refusal('inspected', 'trust', /^Something between .* a proxy that inspects TLS, .*\.$/);
    const alsoCaFile = joinPath(directory, 'mitm', 'mitmproxy-ca-cert.pem');
    const stateDirectory = state('told');
    await join({ stateDirectory, trust: { joinString: wfm.joinString, alsoCaFile } });
    assert.equal((await report({ stateDirectory })).status, 200);
  });
});
