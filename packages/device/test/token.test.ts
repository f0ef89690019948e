/** The client with its key in a real token, against a real WFM. */
import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Wfm } from '@muster/wfm';
import {
  noSofthsm,
  noTpm,
  pin,
  type Softhsm,
  startSofthsm,
  startTpm,
} from '../../pki/test/support/tokens.ts';
import { renderCapabilities } from '@muster/protocol';
import { currentBinding } from '../src/binding/binding.ts';
import { withKey } from '../src/capabilities/key.ts';
import { openIdentity, readSettings } from '../src/key/identity.ts';
import { writeSealed } from '../src/state/sealed.ts';
import {
  DeviceError,
  discoverCapabilities,
  installCertificate,
  join,
  leave,
  loadDoctor,
  report,
  requestCertificate,
  rotate,
  status,
} from '../src/index.ts';
import { makeFactoryCa } from './support/factory-ca.ts';
import { isRefusal, isState, layGround, runDaemon } from './support/ground.ts';

const { root, fresh, serve } = await layGround('token');

describe('a device key in a token', { skip: noSofthsm }, () => {
  let wfm: Wfm;
  let hsm: Softhsm;
  before(async () => {
    hsm = await startSofthsm();
    wfm = await serve();
  });
  after(() => hsm.close());

  it('joins, reports, rotates, leaves and comes back, with no key on disk and no PIN but in its file', async () => {
    const stateDirectory = fresh();
    const trust = { joinString: wfm.joinString };
    const joined = await join({ stateDirectory, trust, key: hsm.uri('press') });
    const first = await status({ stateDirectory });
    assert.equal(first.keyProtection, 'pkcs11');
    assert.match(first.keyToken?.manufacturer ?? '', /SoftHSM/);
    assert.equal((await report({ stateDirectory })).status, 200);
    const files = await readdir(stateDirectory);
    assert.ok(!files.includes('key.pem'), files.join());
    assert.ok(!(await readFile(joinPath(stateDirectory, 'identity.json'), 'utf8')).includes(pin));

    const binding = await currentBinding(stateDirectory);
    assert.ok(binding !== null && binding.continuity !== null);
    const signer = (await openIdentity({ stateDirectory })).signer;
    const found = await discoverCapabilities({ deviceId: joined.deviceId });
    const told = (profile: 'rc.2c' | 'rc.1') => withKey(found, { binding, signer, profile });
    const key = { protection: 'pkcs11', token: { manufacturer: 'SoftHSM project', model: 'SoftHSM v2' } };
    assert.deepEqual(told('rc.2c').extensions['x-muster-extensions'], { key });
    assert.ok(JSON.stringify(renderCapabilities(told('rc.2c'), 'rc.2c')).includes('"protection":"pkcs11"'));
    assert.ok(!JSON.stringify(renderCapabilities(told('rc.1'), 'rc.1')).includes('protection'));

    const renewed = await rotate({ stateDirectory, sameKey: true });
    assert.equal(renewed.after, first.keyFingerprint);
    const changed = await rotate({ stateDirectory });
    assert.notEqual(changed.after, first.keyFingerprint);
    const then = await status({ stateDirectory });
    assert.equal(then.keyFingerprint, changed.after);
    assert.equal(then.keyProtection, 'pkcs11');
    assert.match(await readFile(joinPath(stateDirectory, 'identity.json'), 'utf8'), /object=press\.2\?/);
    assert.equal((await report({ stateDirectory })).status, 200);

    const { checks } = await (await loadDoctor()).doctor({ stateDirectory });
    for (const name of ['token', 'key and certificate', 'signature echo'])
      assert.equal(checks.find((c) => c.name === name)?.result, 'pass', name);

    await leave({ stateDirectory });
    assert.equal((await join({ stateDirectory, trust })).clientId, joined.clientId);
  });

  it('goes to a factory CA as a request and takes the certificate', async () => {
    const stateDirectory = fresh();
    const ca = await makeFactoryCa(joinPath(root, 'factory'));
    const { csr } = await requestCertificate({ stateDirectory, key: hsm.uri('factory'), keyType: 'rsa2048' });
    const file = await ca.issue('d', csr, '20');
    ca.openssl('req', '-in', 'd.csr', '-noout', '-verify');
    const taken = await installCertificate({ stateDirectory, file });
    await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    assert.equal((await status({ stateDirectory })).fingerprint, taken.fingerprint);
  });

  it('is the same key after a cut between making it and its certificate', async () => {
    const stateDirectory = fresh();
    const { keyFingerprint } = await requestCertificate({ stateDirectory, key: hsm.uri('cut') });
    await rm(joinPath(stateDirectory, 'certificate.pem'));
    // What is on disk when the process ends right after the key was made.
    const { key } = await readSettings(stateDirectory);
    await writeSealed(joinPath(stateDirectory, 'identity.json'), 'identity', { key });
    assert.equal((await requestCertificate({ stateDirectory })).keyFingerprint, keyFingerprint);
  });

  it('runs a daemon, which waits for a token that is away and goes on with it; status says so and shows the rest', async () => {
    const stateDirectory = fresh();
    const { clientId } = await join({
      stateDirectory,
      trust: { joinString: wfm.joinString },
      key: hsm.uri('running'),
    });
    const before_ = await status({ stateDirectory });
    assert.equal(before_.keyTrouble, null);
    const daemon = runDaemon(stateDirectory, { heartbeatSeconds: 0.1 });
    await daemon.until(isState('active'));
    await rename(hsm.tokens, `${hsm.tokens}.away`);
    try {
      const away = await daemon.until((e) => isState('unreachable')(e) || isState('failed')(e));
      assert.ok(away.event === 'state' && away.nextStep !== null && away.nextTryAt !== null);
      assert.match(away.detail ?? '', /token/i);
      const now = await status({ stateDirectory });
      assert.match(now.keyTrouble?.message ?? '', /token/i);
      assert.notEqual(now.keyTrouble?.nextStep, '');
      for (const key of ['state', 'clientId', 'wfm', 'keyType', 'keyFingerprint', 'fingerprint'] as const)
        assert.equal(now[key], before_[key], key);
      assert.equal(now.keyToken, null);
      assert.ok(now.daemon?.state === 'unreachable' || now.daemon?.state === 'failed');
    } finally {
      await rename(`${hsm.tokens}.away`, hsm.tokens);
    }
    const seen = daemon.events.length;
    await daemon.until((e) => isState('active')(e) && daemon.events.indexOf(e) >= seen);
    await daemon.stop();
    assert.equal((await status({ stateDirectory })).keyTrouble, null);
    assert.equal((await status({ stateDirectory })).clientId, clientId);
  });

  it('names a token that is away, a module that is missing, a PIN that is not known, another key', async () => {
    const stateDirectory = fresh();
    await requestCertificate({ stateDirectory, key: hsm.uri('away') });
    await rename(hsm.tokens, `${hsm.tokens}.away`);
    try {
      await assert.rejects(requestCertificate({ stateDirectory }), (e) => e instanceof DeviceError);
    } finally {
      await rename(`${hsm.tokens}.away`, hsm.tokens);
    }
    await requestCertificate({ stateDirectory });
    const other = (key: string) => requestCertificate({ stateDirectory: fresh(), key });
    await assert.rejects(
      other(hsm.uri('a').replace('plant', 'x')),
      isRefusal('unreachable', /token of the key/),
    );
    await assert.rejects(
      other('pkcs11:object=a?module-path=/no.so&pin-source=/etc/hostname'),
      isRefusal('state', /module/),
    );
    await assert.rejects(other(hsm.uri('a', '')), isRefusal('state', /PIN/));
    await assert.rejects(other('pkcs11:object=a?module-path=/no.so&pin-value=1'), isRefusal('usage', /PIN/));
    await assert.rejects(
      requestCertificate({ stateDirectory, key: hsm.uri('b') }),
      isRefusal('usage', /another key/),
    );
  });
});

describe('a device key in a TPM', { skip: noTpm }, () => {
  it('joins and says so', async () => {
    const tpm = await startTpm();
    const wfm = await serve();
    try {
      const stateDirectory = fresh();
      await join({ stateDirectory, trust: { joinString: wfm.joinString }, key: tpm.uri('press') });
      assert.equal((await status({ stateDirectory })).keyProtection, 'tpm');
    } finally {
      await tpm.close();
    }
  });
});
