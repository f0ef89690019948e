/** Real reverse proxies in front of a real WFM: they terminate TLS, and signatures must survive them. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { join, leave, report } from '@muster/device';
import { createRootCa, generateKeyPair, issueServerCertificate } from '@muster/pki';
import { startWfm, type Wfm } from '@muster/wfm';
import { signedEchoCheck } from '../../packages/wfm/src/doctor/signed-echo.ts';
import { find, freePort, reachable } from './support.ts';

const directory = await mkdtemp(joinPath(tmpdir(), 'muster-proxies-'));
after(() => rm(directory, { recursive: true, force: true }));

interface Proxy {
  readonly name: string;
  readonly program: string | undefined;
  readonly config: (o: { port: number; backend: number; file: string }) => string;
  readonly args: (file: string) => string[];
}

const nginx =
  (rewrite: boolean): Proxy['config'] =>
  ({ port, backend, file }) =>
    `
daemon off; pid ${file}.pid; error_log ${file}.log; worker_processes 1;
events { worker_connections 64; }
http { access_log off; client_body_temp_path ${file}.b; proxy_temp_path ${file}.p; fastcgi_temp_path ${file}.f; uwsgi_temp_path ${file}.u; scgi_temp_path ${file}.s;
  server { listen 127.0.0.1:${port} ssl; ssl_protocols TLSv1.3; ssl_certificate ${directory}/server.pem; ssl_certificate_key ${directory}/server.key;
    location / { proxy_pass http://127.0.0.1:${backend}${rewrite ? '/' : ''}; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Host $http_host; }
    location /moved/ { proxy_pass http://127.0.0.1:${backend}/elsewhere/; } } }
`;
const proxies: readonly Proxy[] = [
  {
    name: 'nginx',
    program: find('nginx'),
    config: nginx(false),
    args: (file) => ['-c', file, '-e', `${file}.log`],
  },
  {
    name: 'haproxy',
    program: find('haproxy'),
    config: ({ port, backend }) => `
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend f
  bind 127.0.0.1:${port} ssl crt ${directory}/both.pem
  default_backend b
backend b
  server s 127.0.0.1:${backend}
`,
    args: (file) => ['-f', file, '-db'],
  },
];

for (const proxy of proxies) {
  const skip = proxy.program === undefined ? `${proxy.name} is not installed here` : false;
  describe(`a WFM behind ${proxy.name}`, { skip }, () => {
    let wfm: Wfm;
    let child: ChildProcess;
    let url: string;
    before(async () => {
      const keys = await generateKeyPair('p256');
      const ca = await createRootCa({
        keys,
        commonName: 'proxy CA',
        notBefore: new Date(Date.now() - 86_400_000),
        days: 30,
      });
      const server = await generateKeyPair('p256');
      const certificate = await issueServerCertificate({
        ca,
        caKey: keys.privateKey,
        publicKey: server.publicKey,
        hosts: ['localhost', '127.0.0.1'],
        notBefore: new Date(Date.now() - 86_400_000),
        days: 30,
      });
      const key = server.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
      await writeFile(joinPath(directory, 'ca.pem'), ca.pem);
      await writeFile(joinPath(directory, 'server.pem'), certificate.pem);
      await writeFile(joinPath(directory, 'server.key'), key, { mode: 0o600 });
      await writeFile(joinPath(directory, 'both.pem'), certificate.pem + key, { mode: 0o600 });
      const [port, backend] = [await freePort(), await freePort()];
      url = `https://localhost:${port}`;
      wfm = await startWfm({
        data: joinPath(directory, `wfm-${proxy.name}`),
        deviceListen: `127.0.0.1:${backend}`,
        operatorListen: '127.0.0.1:0',
        admission: 'open',
        tls: 'off',
        tlsCa: joinPath(directory, 'ca.pem'),
        // Another origin first: the one that fits is found by the forwarded host, or by trying.
        publicUrls: ['https://elsewhere.example', url],
        trustedProxies: ['127.0.0.1'],
        logLevel: 'silent',
      });
      const file = joinPath(directory, `${proxy.name}.conf`);
      await writeFile(file, proxy.config({ port, backend, file }));
      child = spawn(proxy.program ?? '', proxy.args(file), { stdio: 'ignore' });
      await reachable(port);
    });
    after(async () => {
      // A polite end: a killed nginx master leaves its worker behind.
      child.kill('SIGTERM');
      await once(child, 'exit');
      await wfm.close();
    });

    it('takes signed requests of a client that trusts the CA by its pin', async () => {
      const stateDirectory = joinPath(directory, `state-${proxy.name}`);
      const pem = execFileSync('openssl', ['x509', '-in', joinPath(directory, 'ca.pem'), '-outform', 'DER']);
      const caPin = `sha256:${createHash('sha256').update(pem).digest('hex')}`;
      const joined = await join({ stateDirectory, trust: { url, caPin } });
      assert.match(joined.clientId, /^[0-9a-f-]{36}$/);
      assert.equal((await report({ stateDirectory })).status, 200);
      assert.equal((await leave({ stateDirectory })).removed, true);
    });

    it('whose doctor sees signed requests arrive, and finds where the path is rewritten', async () => {
      const ca = await readFile(joinPath(directory, 'ca.pem'), 'utf8');
      const echo = await signedEchoCheck({ url, ca, now: Date.now() });
      assert.deepEqual([echo.result, echo.seen], ['pass', 'a signed request arrives as it was sent']);
      const moved = await signedEchoCheck({ url: `${url}/moved`, ca, now: Date.now() });
      assert.equal(moved.result, 'fail');
      assert.match(moved.seen, /the path does not arrive: 404/);
    });
  });
}
