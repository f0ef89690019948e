/** Revocation lists from a real HTTP server, good and bad. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { pino } from 'pino';
import { startCrlFetcher } from '../../src/admission/crl-fetch.ts';
import { PolicyCache } from '../../src/admission/policy.ts';
import { openStore } from '../../src/store/open.ts';
import { makeDeviceCa } from '../support/openssl.ts';

it('fetches lists, and keeps the last good one when the source fails', async () => {
  const root = await mkdtemp(join(tmpdir(), 'muster-crl-'));
  const ca = makeDeviceCa();
  const store = await openStore({ url: `sqlite:${join(root, 'a.db')}`, now: Date.now });
  let body: Buffer = ca.crl([ca.issue({ subject: '/CN=x' }).certificate]);
  let status = 200;
  const server = createServer((_request, response) => {
    response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {});
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await store.admission.addAuthority({
    name: 'acme',
    anchors: Buffer.from(ca.pem),
    intermediates: Buffer.alloc(0),
    crlPolicy: 'fail-closed',
    crlUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.crl`,
    note: null,
    position: 1,
    createdAt: 1,
    createdBy: 'test',
  });
  const log = pino({ level: 'silent' });
  const fetcher = startCrlFetcher({ store, policy: new PolicyCache(store.admission), log, now: Date.now });
  await fetcher.round();
  const kept = await store.admission.crls();
  assert.deepEqual(
    kept.map((c) => [c.authority, c.entries]),
    [['acme', 1]],
  );
  for (const [badStatus, badBody] of [
    [500, body],
    [302, body],
    [200, Buffer.from('garbage')],
    [200, Buffer.alloc(33 * 1024 * 1024)],
  ] as const) {
    [status, body] = [badStatus, badBody];
    await fetcher.round();
    assert.deepEqual(
      (await store.admission.crls()).map((c) => c.entries),
      [1],
      `${badStatus} ${badBody.length}`,
    );
  }
  fetcher.close();
  server.close();
  await store.close();
  ca.remove();
  await rm(root, { recursive: true, force: true });
});
