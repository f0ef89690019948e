/** What a WFM says when it cannot start. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createRootCa, generateKeyPair } from '@muster/pki';
import { startWfm, type WfmSettings } from '../src/index.ts';

const taken = createServer();
let base: string;
let data: string;
before(async () => {
  base = await mkdtemp(join(tmpdir(), 'muster-start-'));
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  taken.close();
  await rm(base, { recursive: true, force: true });
});
beforeEach(async () => {
  data = await mkdtemp(join(base, 'wfm-'));
});

const start = (more: Partial<WfmSettings> = {}): ReturnType<typeof startWfm> =>
  startWfm({
    data,
    deviceListen: '127.0.0.1:0',
    operatorListen: '127.0.0.1:0',
    logLevel: 'silent',
    ...more,
  });

/** It is refused by name, with what was seen and what to do, and leaves nothing behind that would refuse the next start. */
async function isRefused(code: string, more: Partial<WfmSettings> = {}): Promise<void> {
  await assert.rejects(start(more), (error: Error & Record<string, unknown>) => {
    assert.equal(error['code'], code, error.message);
    for (const part of ['seen', 'expected', 'nextStep']) assert.ok(error[part], part);
    assert.doesNotMatch(`${error.message} ${String(error['seen'])}`, /hush/);
    return true;
  });
}

describe('a WFM that cannot start says why', () => {
  it('when its data folder is in use, or no folder, or damaged', async () => {
    const wfm = await start();
    await isRefused('data-in-use');
    await wfm.close();
    await writeFile(
      join(data, 'muster.db'),
      'no database, but as long as a header of one would be'.repeat(9),
    );
    for (const log of ['-wal', '-shm']) await rm(join(data, `muster.db${log}`), { force: true });
    await isRefused('data-not-usable');
    await writeFile(join(base, 'file'), '');
    await isRefused('file-not-usable', { data: join(base, 'file') });
    // Where no folder can be made, Linux says that the parent is missing, again and again.
    await isRefused('file-not-usable', { data: '/proc/none/wfm' });
  });

  it('when an address is taken, and starts on another one', async () => {
    const address = taken.address();
    assert.ok(typeof address === 'object' && address !== null);
    await isRefused('address-not-usable', { deviceListen: `127.0.0.1:${address.port}` });
    await isRefused('address-not-usable', { operatorListen: `127.0.0.1:${address.port}` });
    await (await start()).close();
  });

  it('when a file of its settings is not there', async () => {
    const gone = join(base, 'gone.pem');
    await isRefused('file-not-usable', { tlsCa: gone });
    await isRefused('file-not-usable', { caPassphraseFile: gone });
    await isRefused('file-not-usable', { tls: 'files', tlsCert: gone, tlsKey: gone });
    await isRefused('file-not-usable', { caPassphraseFile: base });
  });

  it('when TLS files are none, or do not belong together', async () => {
    const [tlsCert, tlsKey] = [join(base, 'cert.pem'), join(base, 'key.pem')];
    const [keys, other] = [await generateKeyPair('p256'), await generateKeyPair('p256')];
    const ca = await createRootCa({ keys, commonName: 'own', notBefore: new Date(), days: 1 });
    for (const [certificate, key] of [
      [ca.pem, other.privateKey.export({ format: 'pem', type: 'pkcs8' })],
      [ca.pem, 'no key'],
      ['no certificate', keys.privateKey.export({ format: 'pem', type: 'pkcs8' })],
    ] as const) {
      await writeFile(tlsCert, certificate);
      await writeFile(tlsKey, key);
      await isRefused('certificate-not-usable', { tls: 'files', tlsCert, tlsKey });
    }
  });

  it('when a secret is damaged, instead of going on with one that anybody can guess', async () => {
    await writeFile(join(data, 'operator-token'), '\n');
    await isRefused('damaged-secret');
    await rm(join(data, 'operator-token'));
    await mkdir(join(data, 'trust'), { recursive: true });
    await writeFile(join(data, 'trust', 'continuity-key'), '');
    await isRefused('damaged-secret');
  });

  it('when PostgreSQL is not there, without its password', async () => {
    await isRefused('database-unreachable', { database: 'postgres://muster:hush@127.0.0.1:1/muster' });
  });
});
