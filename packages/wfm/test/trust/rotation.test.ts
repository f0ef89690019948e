/** Rotation of the root CA, with a real device that is online throughout, and one that is not. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, describe, it } from 'node:test';
import { KeyFileError } from '@muster/pki';
import { DeviceError, join, report, status } from '@muster/device';
import { openRoots } from '../../src/trust/roots.ts';
import { type Answer, type Rig, startRig } from '../support/wfm.ts';

const root = await mkdtemp(joinPath(tmpdir(), 'muster-rotation-'));
after(() => rm(root, { recursive: true, force: true }));
const now = (): Date => new Date();
const onMade = (): void => undefined;

describe('rotation of the root CA', () => {
  it('is picked up by devices that are online, and waits for those that are not', async () => {
    const data = joinPath(root, 'wfm');
    let rig: Rig = await startRig({ data, admission: 'open' });
    const port = new URL(rig.wfm.deviceUrl).port;
    const [online, offline] = ['online', 'offline'].map((name) => joinPath(root, name)) as [string, string];
    for (const stateDirectory of [online, offline]) {
      await join({ stateDirectory, trust: { joinString: rig.wfm.joinString } });
      await report({ stateDirectory });
    }
    const before = (await status({ stateDirectory: online })).caPin;
    const step = (name: string, force?: boolean): Promise<Answer> =>
      rig.operator('POST', '/trust/rotate', { step: name, ...(force === undefined ? {} : { force }) });
    assert.equal((await step('switch')).status, 409);
    const announced = await step('announce');
    assert.deepEqual([announced.status, announced.body['stage']], [200, 'announced']);
    assert.deepEqual((await step('announce')).body, announced.body, 'the same again changes nothing');
    assert.equal((await step('finish')).status, 409);
    assert.equal((await rig.operator('GET', '/trust')).body['stage'], 'announced');

    await report({ stateDirectory: online });
    await report({ stateDirectory: online });
    const refused = await step('switch');
    assert.deepEqual([refused.status, refused.body['lacking']], [409, 1], 'the other has not got it');
    assert.equal((await step('switch', true)).status, 200);
    const pins = (await rig.operator('GET', '/trust')).body['certificates'] as Array<{ pin: string }>;
    assert.equal(pins.length, 2);
    assert.notEqual(pins[0]?.pin, before);
    assert.equal((await report({ stateDirectory: online })).status, 200, 'with the new root CA');
    await assert.rejects(
      report({ stateDirectory: offline }),
      (e) => e instanceof DeviceError && e.code === 'trust',
    );

    // The stage and both roots outlive a restart.
    await rig.stop();
    rig = await startRig({ data, admission: 'open', deviceListen: `127.0.0.1:${port}` });
    assert.equal((await rig.operator('GET', '/trust')).body['stage'], 'switched');
    const rejoined = await join({ stateDirectory: offline, trust: { joinString: rig.wfm.joinString } });
    await report({ stateDirectory: offline });
    assert.match(rejoined.clientId, /^[0-9a-f-]{36}$/);
    await report({ stateDirectory: online });
    assert.equal((await step('finish')).status, 200);
    assert.equal((await report({ stateDirectory: online })).status, 200);
    assert.equal((await status({ stateDirectory: online })).caPin, pins[0]?.pin);
    const list = (await rig.operator('GET', '/clients')).body['items'] as unknown[];
    assert.equal(list.length, 2, 'nobody has become somebody else');
    const audit = await rig.operator('GET', '/audit?limit=1000');
    const actions = (audit.body['items'] as Array<{ action: string }>).map((e) => e.action);
    assert.deepEqual(
      actions.filter((a) => a.startsWith('trust.')),
      ['trust.announce', 'trust.switch', 'trust.finish'],
    );
    await rig.stop();
  });

  it('is before or after each step, whatever files a cut has left behind', async () => {
    const origin = joinPath(root, 'origin');
    await cp(joinPath(root, 'wfm', 'trust'), origin, { recursive: true });
    const store = await openRoots({ directory: origin, now, onMade });
    const before = store.served().map((c) => c.sha256);
    await store.rotate('announce');
    const afterwards = store.served().map((c) => c.sha256);
    const made = (await readdir(origin)).filter((f) => f.startsWith('ca-3'));
    assert.equal(made.length, 2);
    // roots.json is written last: with any of the files before it, the step has not happened, and can be done again.
    for (const kept of [[], ['ca-3-key.pem'], made]) {
      const cut = await mkdtemp(joinPath(root, 'cut-'));
      await cp(origin, cut, { recursive: true });
      for (const file of made.filter((f) => !kept.includes(f))) await rm(joinPath(cut, file));
      await writeFile(joinPath(cut, 'roots.json'), JSON.stringify({ signing: 2, served: [2] }));
      const again = await openRoots({ directory: cut, now, onMade });
      assert.deepEqual(
        again.served().map((c) => c.sha256),
        before,
      );
      await again.rotate('announce');
      assert.equal(again.stage(), 'announced');
      if (kept.length === 2)
        assert.deepEqual(
          again.served().map((c) => c.sha256),
          afterwards,
        );
    }
  });

  it('keeps the key of the root CA encrypted with a passphrase', async () => {
    const directory = await mkdtemp(joinPath(root, 'secret-'));
    const first = await openRoots({ directory, now, onMade, passphrase: 'correct horse' });
    assert.match(await readFile(joinPath(directory, 'ca-key.pem'), 'utf8'), /ENCRYPTED PRIVATE KEY/);
    const second = await openRoots({ directory, now, onMade, passphrase: 'correct horse' });
    assert.equal(second.signing().certificate.sha256, first.signing().certificate.sha256);
    for (const passphrase of [undefined, 'wrong'])
      await assert.rejects(
        openRoots({ directory, now, onMade, passphrase }),
        (e) => e instanceof KeyFileError && e.code === 'passphrase',
      );
  });
});
