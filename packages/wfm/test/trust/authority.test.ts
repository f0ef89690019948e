import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, mock } from 'node:test';
import { readCertificateFile, validatePath } from '@muster/pki';
import { pino } from 'pino';
import { openAuthority } from '../../src/trust/authority.ts';

const directory = await mkdtemp(join(tmpdir(), 'muster-authority-'));
after(() => rm(directory, { recursive: true, force: true }));
const log = pino({ level: 'silent' });
const day = 86_400_000;

describe("the WFM's own authority", () => {
  it('keeps its CA, and makes a new server certificate when the hosts change', async () => {
    const now = (): Date => new Date();
    const first = await openAuthority({ directory, hosts: ['a.example'], now, log });
    const same = await openAuthority({ directory, hosts: ['a.example'], now, log });
    const moved = await openAuthority({ directory, hosts: ['b.example'], now, log });
    for (const authority of [first, same, moved]) authority.close();
    assert.equal(same.pin(), first.pin());
    assert.equal(same.tls.current().cert, first.tls.current().cert);
    assert.equal(moved.pin(), first.pin());
    const leaf = readCertificateFile(Buffer.from(moved.tls.current().cert))[0];
    assert.ok(leaf);
    validatePath(leaf, [], moved.caCertificates(), {
      now: new Date(),
      purpose: 'serverAuth',
      hostName: 'b.example',
    });
  });

  it('renews the server certificate by itself, without a restart', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      let at = Date.now();
      const authority = await openAuthority({
        directory,
        hosts: ['b.example'],
        now: () => new Date(at),
        log,
      });
      const before = authority.tls.current().cert;
      mock.timers.tick(3_600_000);
      assert.equal(authority.tls.current().cert, before);
      at += 65 * day;
      const renewed = new Promise<void>((resolve) => authority.tls.onChange(resolve));
      mock.timers.tick(3_600_000);
      await renewed;
      authority.close();
      const leaf = readCertificateFile(Buffer.from(authority.tls.current().cert))[0];
      assert.ok(leaf && leaf.notAfter.getTime() > at + 80 * day);
      assert.notEqual(authority.tls.current().cert, before);
    } finally {
      mock.timers.reset();
    }
  });
});
