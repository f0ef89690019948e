/** Factory PKI with a real openssl as the CA. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startWfm, type Wfm } from '@muster/wfm';
import { DeviceError, installCertificate, join, leave, requestCertificate, status } from '../src/index.ts';

describe('a certificate of the factory', () => {
  let root: string;
  let wfm: Wfm;
  const openssl = (...args: string[]): string =>
    execFileSync('openssl', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const usage = (message: RegExp) => (e: unknown) =>
    e instanceof DeviceError && e.code === 'usage' && message.test(e.message) && e.nextStep !== '';
  const issue = async (name: string, csr: string, days: string): Promise<string> => {
    await writeFile(joinPath(root, `${name}.csr`), csr);
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-days',
      days,
      '-extfile',
      'leaf.cnf',
      '-out',
      `${name}.pem`,
    );
    return joinPath(root, `${name}.pem`);
  };

  before(async () => {
    root = await mkdtemp(joinPath(tmpdir(), 'muster-factory-'));
    await writeFile(
      joinPath(root, 'leaf.cnf'),
      'basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n',
    );
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=factory',
      '-days',
      '30',
    );
    wfm = await startWfm({
      data: joinPath(root, 'wfm'),
      deviceListen: '127.0.0.1:0',
      operatorListen: '127.0.0.1:0',
      admission: 'open',
      logLevel: 'silent',
    });
  });
  after(async () => {
    await wfm.close();
    await rm(root, { recursive: true, force: true });
  });

  for (const keyType of ['p256', 'p384', 'rsa2048'] as const) {
    it(`goes out as a request and comes in as a certificate (${keyType})`, async () => {
      const stateDirectory = joinPath(root, keyType);
      const { csr } = await requestCertificate({ stateDirectory, keyType, deviceId: `press-${keyType}` });
      const file = await issue(keyType, csr, '20');
      // openssl judges the request by itself.
      assert.match(openssl('req', '-in', `${keyType}.csr`, '-noout', '-subject', '-verify'), /CN ?= ?press-/);
      const taken = await installCertificate({ stateDirectory, file });
      assert.match(taken.issuer, /factory/);
      const joined = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
      assert.equal((await status({ stateDirectory })).fingerprint, taken.fingerprint);

      await assert.rejects(installCertificate({ stateDirectory, file }), usage(/has joined a WFM/));
      await leave({ stateDirectory });
      await installCertificate({ stateDirectory, file: await issue(keyType, csr, '25') });
      const again = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
      assert.equal(again.clientId, joined.clientId);
    });
  }

  it('refuses what is for another key, a CA, garbage or nothing, and keeps what it had', async () => {
    const stateDirectory = joinPath(root, 'mine');
    await requestCertificate({ stateDirectory });
    const kept = await readFile(joinPath(stateDirectory, 'certificate.pem'), 'utf8');
    const other = await requestCertificate({ stateDirectory: joinPath(root, 'other') });
    const file = await issue('other', other.csr, '20');
    const say = usage(/does not belong to the key/);
    await assert.rejects(installCertificate({ stateDirectory, file }), say);
    for (const name of ['ca.pem', 'leaf.cnf', 'absent.pem'])
      await assert.rejects(
        installCertificate({ stateDirectory, file: joinPath(root, name) }),
        usage(/cannot be used/),
      );
    assert.equal(await readFile(joinPath(stateDirectory, 'certificate.pem'), 'utf8'), kept);
  });
});
