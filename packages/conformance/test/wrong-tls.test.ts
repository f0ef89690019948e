/** Servers whose TLS is wrong in one way, and servers that do not answer as HTTP has it. */
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { before, describe, it } from 'node:test';
import {
  type Certificate,
  createRootCa,
  generateKeyPair,
  issueServerCertificate,
  type KeyPair,
} from '@muster/pki';
import type { Wfm } from '@muster/wfm';
import { freePort } from '../../wfm/test/support/free-port.ts';
import { sendOnce, Wire } from '../src/wfm/wire.ts';
import { startBent } from './support/bent.ts';
import { check, type Checked, own, rootOf } from './support/wfm.ts';

const notBefore = new Date(Date.now() - 3_600_000);

interface Authority {
  readonly ca: Certificate;
  readonly keys: KeyPair;
  /** A server certificate for a host, with its key. */
  issue(host: string): Promise<TlsOptions>;
}

async function authority(): Promise<Authority> {
  const keys = await generateKeyPair('p256');
  const ca = await createRootCa({ keys, commonName: 'of the test', notBefore, days: 9 });
  return {
    ca,
    keys,
    async issue(host) {
      const { privateKey, publicKey } = await generateKeyPair('p256');
      const made = await issueServerCertificate({
        ca,
        caKey: keys.privateKey,
        publicKey,
        hosts: [host],
        notBefore,
        days: 9,
      });
      return { cert: made.pem, key: privateKey.export({ format: 'pem', type: 'pkcs8' }) };
    },
  };
}

describe('a WFM whose TLS', { concurrency: 8 }, () => {
  let wfm: Wfm;
  let theirs: Authority;
  before(async () => {
    wfm = await own({ admission: 'open' });
    theirs = await authority();
  });

  async function checkOver(tls: TlsOptions, trust = rootOf(wfm)): Promise<Checked> {
    const bent = await startBent(wfm, () => undefined, tls);
    try {
      return await check(wfm, { urls: [bent.url], trust: await trust });
    } finally {
      bent.close();
    }
  }
  const failuresOf = ({ outcomes }: Pick<Checked, 'outcomes'>): string[] =>
    outcomes.filter((o) => o.result === 'fail').map((o) => o.check.id);

  it('is 1.2 only loses what should be, and no more', async () => {
    const checked = await checkOver({ maxVersion: 'TLSv1.2' });
    assert.deepEqual(failuresOf(checked), ['tls.version-1-3']);
    assert.equal(checked.report.conformant, true);
  });

  it('goes down to 1.0', async () => {
    const old = { minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
    assert.deepEqual(failuresOf(await checkOver(old)), ['tls.old-versions-refused']);
  });

  it('is 1.1 only: nothing more is looked at', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
    const { report, outcomes } = await checkOver(old);
    assert.deepEqual(failuresOf({ outcomes }), ['tls.version']);
    assert.equal(report.skipped, outcomes.length - 2);
  });

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
    it(`asks for a client certificate that it does not need, with ${version}`, async () => {
      const asking = { requestCert: true, rejectUnauthorized: false, maxVersion: version } as const;
      const expected = ['tls.version-1-3', 'tls.no-client-certificate'].slice(version === 'TLSv1.2' ? 0 : 1);
      assert.deepEqual(failuresOf(await checkOver(asking)), expected);
    });

  it('insists on a client certificate', async () => {
    const asking = { requestCert: true, rejectUnauthorized: true } as const;
    const { outcomes } = await checkOver({ ...asking, maxVersion: 'TLSv1.2' });
    assert.deepEqual(failuresOf({ outcomes }), ['tls.version']);
    const later = failuresOf(await checkOver(asking));
    assert.ok(
      later.includes('tls.no-client-certificate') && later.includes('certificate.unsigned-get'),
      `${later}`,
    );
  });

  it('is for another host, or by another CA: nothing more is sent', async () => {
    const trust = Promise.resolve({ kind: 'roots', roots: [theirs.ca] } as const);
    for (const [tls, by, seen] of [
      [await theirs.issue('wfm.example'), trust, /127\.0\.0\.1/],
      [await theirs.issue('127.0.0.1'), rootOf(wfm), /UNABLE_TO|SELF_SIGNED/],
    ] as const) {
      const checked = await checkOver(tls, by);
      assert.deepEqual(failuresOf(checked), ['tls.chain']);
      assert.match(checked.outcomes.find((o) => o.check.id === 'tls.chain')?.seen ?? '', seen);
      assert.deepEqual([checked.report.ended, checked.report.conformant], ['untrusted', false]);
    }
  });

  it('is not there', async () => {
    const checked = await check(wfm, { urls: [`https://127.0.0.1:${await freePort()}`] });
    assert.deepEqual(failuresOf(checked), ['tls.reachable']);
    assert.deepEqual([checked.report.ended, checked.report.conformant], ['unreachable', false]);
  });

  it('is not there, and that of another address of the WFM is', async () => {
    const checked = await check(wfm, { urls: ['https://127.0.0.1:1', wfm.deviceUrl] });
    assert.deepEqual(failuresOf(checked), []);
  });
});

describe('a WFM that goes silent', () => {
  it('is not asked for ever', async () => {
    const wfm = await own({ admission: 'open' });
    let asked = 0;
    const bent = await startBent(wfm, () => {
      asked++;
      return new Promise(() => undefined);
    });
    const wire = new Wire(null, new AbortController().signal, 200);
    const sending = { url: bent.url, method: 'GET', headers: {} };
    try {
      for (let i = 0; i < 3; i++)
        await assert.rejects(wire.send(sending, 'x'), { name: 'NoAnswer', code: 'late' });
      await assert.rejects(wire.send(sending, 'x'), { name: 'MissingGround' });
      assert.equal(asked, 3);
    } finally {
      bent.close();
    }
  });
});

describe('an answer that is none', () => {
  const cases: Array<[string, string, (socket: TLSSocket) => void]> = [
    ['never comes', 'late', () => undefined],
    ['is cut', 'ECONNRESET', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')],
    ['is no HTTP', 'HPE_INVALID_CONSTANT', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['is nothing', 'ECONNRESET', (socket) => socket.end()],
    [
      'never ends',
      'endless',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        const more = (): void =>
          void (socket.destroyed || socket.write('x'.repeat(65_536), () => setImmediate(more)));
        more();
      },
    ],
  ];
  for (const [name, code, act] of cases)
    it(`${name} is named, and waited for no longer than is said`, async () => {
      const tls = await (await authority()).issue('127.0.0.1');
      const sockets = new Set<TLSSocket>();
      const server = createTlsServer(tls, (socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.once('data', () => act(socket));
      });
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const sending = { url, method: 'GET', headers: {} };
      try {
        await assert.rejects(
          sendOnce(sending, null, { signal: new AbortController().signal, patience: 700 }),
          {
            name: 'NoAnswer',
            code,
          },
        );
      } finally {
        for (const socket of sockets) socket.destroy();
        server.close();
      }
    });
});
