/** Factory PKI with a real openssl as the CA. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { before, describe, it } from 'node:test';
import { type Wfm } from '@muster/wfm';
import { installCertificate, join, leave, requestCertificate, status } from '../src/index.ts';
import { type FactoryCa, makeFactoryCa } from './support/factory-ca.ts';
import { isRefusal, layGround } from './support/ground.ts';

const { root, serve } = await layGround('factory');

describe('a certificate of the factory', () => {
  let wfm: Wfm;
  let ca: FactoryCa;
  const usage = (message: RegExp) => isRefusal('usage', message);

  before(async () => {
    ca = await makeFactoryCa(joinPath(root, 'factory'));
    wfm = await serve();
  });

  for (const keyType of ['p256', 'p384', 'rsa2048'] as const) {
    it(`goes out as a request and comes in as a certificate (${keyType})`, async () => {
      const stateDirectory = joinPath(root, keyType);
      const { csr } = await requestCertificate({ stateDirectory, keyType, deviceId: `press-${keyType}` });
      const file = await ca.issue(keyType, csr, '20');
      // openssl judges the request by itself.
      assert.match(
        ca.openssl('req', '-in', `${keyType}.csr`, '-noout', '-subject', '-verify'),
        /CN ?= ?press-/,
      );
      const taken = await installCertificate({ stateDirectory, file });
      assert.match(taken.issuer, /factory/);
      const joined = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
      assert.equal((await status({ stateDirectory })).fingerprint, taken.fingerprint);

      await assert.rejects(installCertificate({ stateDirectory, file }), usage(/has joined a WFM/));
      await leave({ stateDirectory });
      await installCertificate({ stateDirectory, file: await ca.issue(keyType, csr, '25') });
      const again = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
      assert.equal(again.clientId, joined.clientId);
    });
  }

  it('refuses what is for another key, a CA, garbage or nothing, and keeps what it had', async () => {
    const stateDirectory = joinPath(root, 'mine');
    await requestCertificate({ stateDirectory });
    const kept = await readFile(joinPath(stateDirectory, 'certificate.pem'), 'utf8');
    const other = await requestCertificate({ stateDirectory: joinPath(root, 'other') });
    const file = await ca.issue('other', other.csr, '20');
    const say = usage(/does not belong to the key/);
    await assert.rejects(installCertificate({ stateDirectory, file }), say);
    for (const name of ['ca.pem', 'leaf.cnf', 'absent.pem'])
      await assert.rejects(
        installCertificate({ stateDirectory, file: joinPath(ca.directory, name) }),
        usage(/cannot be used/),
      );
    assert.equal(await readFile(joinPath(stateDirectory, 'certificate.pem'), 'utf8'), kept);
  });
});
