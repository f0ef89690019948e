/** Certificate files of one's own: served, and served anew when they change, without a restart. */
import assert from 'node:assert/strict';
import { connect } from 'node:tls';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { createRootCa, generateKeyPair, issueServerCertificate } from '@muster/pki';
import { startWfm } from '../../src/index.ts';

it('takes changed TLS files into service, and keeps the old ones when the new are broken', async () => {
  const root = await mkdtemp(join(tmpdir(), 'muster-files-'));
  const [tlsCert, tlsKey, tlsCa] = ['cert.pem', 'key.pem', 'ca.pem'].map((f) => join(root, f)) as [
    string,
    string,
    string,
  ];
  const caKeys = await generateKeyPair('p256');
  const notBefore = new Date(Date.now() - 86_400_000);
  const ca = await createRootCa({ keys: caKeys, commonName: 'own', notBefore, days: 30 });
  const write = async (o = { withKey: true }): Promise<string> => {
    const keys = await generateKeyPair('p256');
    const { publicKey } = keys;
    const certificate = await issueServerCertificate({
      ca,
      caKey: caKeys.privateKey,
      publicKey,
      hosts: ['127.0.0.1'],
      notBefore,
      days: 30,
    });
    if (o.withKey)
      await writeFile(tlsKey, keys.privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
    await writeFile(tlsCert, certificate.pem);
    return certificate.sha256;
  };
  await writeFile(tlsCa, ca.pem);
  const first = await write();
  const wfm = await startWfm({
    data: join(root, 'wfm'),
    deviceListen: '127.0.0.1:0',
    operatorListen: '127.0.0.1:0',
    tls: 'files',
    tlsCert,
    tlsKey,
    tlsCa,
    logLevel: 'silent',
  });
  const port = Number(new URL(wfm.deviceUrl).port);
  const served = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', ca: ca.pem }, () => {
        resolve(socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase());
        socket.destroy();
      }).once('error', reject);
    });
  const becomes = async (wanted: string): Promise<boolean> => {
    for (let i = 0; i < 150; i++) {
      if ((await served()) === wanted) return true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
  };
  assert.equal(await served(), first);
  const second = await write();
  assert.ok(await becomes(second), 'the new pair is served');
  // The first of two files that are replaced: what parses, but fits nothing.
  await write({ withKey: false });
  await utimes(tlsCert, new Date(), new Date(Date.now() + 1000));
  await new Promise((resolve) => setTimeout(resolve, 5_500));
  assert.equal(await served(), second, 'the last good pair stays');
  await wfm.close();
  await rm(root, { recursive: true, force: true });
});
