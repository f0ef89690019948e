/** Factory PKI with a real openssl as the CA. */
import assert from 'node:assert/strict';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { before, describe, it } from 'node:test';
import { type Wfm } from '@muster/wfm';
import {
  installCertificate,
  join,
  leave,
  loadDoctor,
  prepareIdentity,
  report,
  requestCertificate,
  rotate,
  status,
} from '../src/index.ts';
import { readSettings, saveSettings } from '../src/key/identity.ts';
import { type FactoryCa, makeFactoryCa } from './support/factory-ca.ts';
import { isRefusal, isState, layGround, runDaemon } from './support/ground.ts';
import { cutCommand, someSteps } from './support/power.ts';

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

      // The same once more changes nothing; another one has to wait.
      await installCertificate({ stateDirectory, file });
      const other = await ca.issue(keyType, csr, '21');
      await assert.rejects(installCertificate({ stateDirectory, file: other }), usage(/has joined a WFM/));
      await leave({ stateDirectory });
      await installCertificate({ stateDirectory, file: await ca.issue(keyType, csr, '25') });
      const again = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
      assert.equal(again.clientId, joined.clientId);
    });
  }

  /** A device with a certificate of the factory, and the file that it came in. */
  async function installed(name: string): Promise<{ stateDirectory: string; path: string; file: string }> {
    const stateDirectory = joinPath(root, name);
    const { csr } = await requestCertificate({ stateDirectory, deviceId: name });
    const file = await ca.issue(name, csr, '20');
    await installCertificate({ stateDirectory, file });
    return { stateDirectory, path: joinPath(stateDirectory, 'certificate.pem'), file };
  }
  const lost = isRefusal('state', /that a CA has issued for this device is damaged or gone/);

  it('that is damaged anywhere, or gone, is named and never replaced; the same file heals it', async () => {
    const { stateDirectory, path, file } = await installed('damaged');
    const trust = { joinString: wfm.joinString };
    const { clientId } = await join({ stateDirectory, trust });
    const whole = await readFile(path);
    const damages = [0, 40, 300, whole.length - 30, whole.length - 1].flatMap((at) => {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 0x01;
      return [flipped, whole.subarray(0, at)];
    });
    const strange = await readFile((await installed('stranger')).path);
    for (const bytes of [...damages, strange, Buffer.alloc(300_000), null]) {
      await (bytes === null ? rm(path) : writeFile(path, bytes));
      await assert.rejects(status({ stateDirectory }), lost);
      await assert.rejects(report({ stateDirectory }), lost);
      await assert.rejects(join({ stateDirectory, trust }), lost);
      if (bytes === null) await assert.rejects(readFile(path), /ENOENT/);
      else assert.deepEqual(await readFile(path), bytes, 'left as it was');
    }
    const { doctor } = await loadDoctor();
    const check = (await doctor({ stateDirectory })).checks.find((c) => c.name === 'device certificate');
    assert.deepEqual(
      [check?.result, check?.fix],
      ['fail', 'Import it again: muster device import-certificate FILE'],
    );
    const daemon = runDaemon(stateDirectory);
    const failed = await daemon.until(isState('failed'));
    assert.match(JSON.stringify(failed), /damaged or gone/);
    await daemon.stop();
    // While the WFM is joined: it is the certificate that this one knows.
    await installCertificate({ stateDirectory, file });
    assert.equal((await report({ stateDirectory })).status, 200);
    assert.deepEqual(await readFile(path), whole);
    assert.equal((await status({ stateDirectory })).clientId, clientId);
  });

  it('that is gone for good gives way to another one for the same key, and to no other key', async () => {
    const { stateDirectory, path } = await installed('gone');
    const trust = { joinString: wfm.joinString };
    const { clientId } = await join({ stateDirectory, trust });
    const { csr } = await requestCertificate({ stateDirectory });
    const next = await ca.issue('gone', csr, '25');
    await assert.rejects(installCertificate({ stateDirectory, file: next }), usage(/has joined a WFM/));
    await rm(path);
    const other = joinPath(ca.directory, 'stranger.pem');
    await assert.rejects(installCertificate({ stateDirectory, file: other }), usage(/does not belong/));
    await assert.rejects(status({ stateDirectory }), lost);
    await installCertificate({ stateDirectory, file: next });
    assert.equal((await join({ stateDirectory, trust })).clientId, clientId);
  });

  it('is the old or the new one after a cut in the middle of an import, and never a third', async () => {
    const trial = await installed('cut');
    const { csr } = await requestCertificate(trial);
    const file = await ca.issue('cut', csr, '25');
    const before_ = await readFile(trial.path, 'utf8');
    const go = (at: number | null, stateDirectory: string): ReturnType<typeof cutCommand> =>
      cutCommand(at, 'device', 'import-certificate', file, '--state', stateDirectory);
    const copy = async (name: string): Promise<string> => {
      const to = joinPath(root, name);
      await cp(trial.stateDirectory, to, { recursive: true });
      return to;
    };
    const whole = await copy('cut-whole');
    const { steps } = await go(null, whole);
    const after = await readFile(joinPath(whole, 'certificate.pem'), 'utf8');
    assert.notEqual(after, before_);
    const ends = new Set<string>();
    for (const at of someSteps(steps, 2)) {
      const stateDirectory = await copy(`cut-${at}`);
      assert.ok((await go(at, stateDirectory)).isCut, `step ${at}`);
      await prepareIdentity({ stateDirectory });
      ends.add(await readFile(joinPath(stateDirectory, 'certificate.pem'), 'utf8'));
      await installCertificate({ stateDirectory, file });
      assert.equal(await readFile(joinPath(stateDirectory, 'certificate.pem'), 'utf8'), after, `step ${at}`);
    }
    assert.deepEqual(ends, new Set([before_, after]));
  });

  it('is not renewed by the device itself; with another key it goes', async () => {
    const { stateDirectory, path } = await installed('renewed');
    const { clientId } = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const kept = await readFile(path);
    await assert.rejects(
      rotate({ stateDirectory, sameKey: true }),
      usage(/A CA has issued the certificate of this device/),
    );
    assert.deepEqual(await readFile(path), kept);
    const rotated = await rotate({ stateDirectory });
    assert.equal(rotated.clientId, clientId);
    assert.equal((await report({ stateDirectory })).status, 200);
    assert.equal((await status({ stateDirectory })).fingerprint, rotated.certificate);
  });

  it('of a state folder from before these were remembered is remembered at its next use', async () => {
    const { stateDirectory, path } = await installed('older');
    const { issued: _, ...older } = await readSettings(stateDirectory);
    await saveSettings(stateDirectory, older);
    await prepareIdentity({ stateDirectory });
    await writeFile(path, 'garbage');
    await assert.rejects(prepareIdentity({ stateDirectory }), lost);
  });

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
