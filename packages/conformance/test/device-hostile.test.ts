/** Whatever is sent to the kit, it judges it and goes on. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { describe, it } from 'node:test';
import { connect } from 'node:tls';
import fc from 'fast-check';
import type { Ready } from '../src/device/client.ts';
import { Judge } from '../src/device/judge.ts';
import { Ledger } from '../src/device/ledger.ts';
import { type Received, routeOf } from '../src/device/received.ts';
import { SmallClient } from './support/client.ts';
import { checkWith, tellFailed } from './support/device.ts';

const address = {
  origin: 'https://wfm.example',
  authority: 'wfm.example',
  hostName: 'wfm.example',
  isIp: false,
  prefix: '',
};
const base = '/api/v1';
const urls = [
  '/',
  '*',
  `${base}/onboarding`,
  `${base}/onboarding/certificate`,
  `${base}/clients/x/capabilities`,
  `${base}/clients/x/capabilities/%E0%A4%A/..`,
  `${base}/clients//deployments`,
];
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
const texts = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'sig1=("@method" "@target-uri" "content-digest");created=1;keyid="x"',
    'sig1=("@query-param";name="a");created=99999999999999',
    'sig1=:AAAA:',
    'sha-256=:AAAA:',
    'sha-256=1, sha-256=2',
  ),
);
const documents = fc.oneof(
  fc.json({ maxDepth: 6 }),
  fc
    .record({
      apiVersion: fc.jsonValue(),
      kind: fc.jsonValue(),
      certificate: fc.oneof(fc.base64String(), fc.string(), fc.constant(spki)),
    })
    .map((document) => JSON.stringify(document)),
  fc
    .record({
      apiVersion: fc.string(),
      kind: fc.constant('DeviceCapabilitiesManifest'),
      properties: fc.dictionary(
        fc.constantFrom('id', 'roles', 'resources', 'cpu', 'cpus', 'memory'),
        fc.jsonValue(),
      ),
    })
    .map((document) => JSON.stringify(document)),
);
const requests: fc.Arbitrary<Received> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
  url: fc.oneof(fc.constantFrom(...urls), fc.webPath()),
  httpVersion: fc.constantFrom('1.0', '1.1'),
  fields: fc
    .array(
      fc.tuple(
        fc.constantFrom('Host', 'Signature', 'Signature-Input', 'Content-Digest', 'Content-Type'),
        texts,
      ),
    )
    .map((fields) => fields.flat()),
  body: fc.oneof(
    fc.uint8Array(),
    documents.map((text) => new Uint8Array(Buffer.from(text))),
  ),
  at: fc.nat(),
  tlsVersion: fc.constantFrom('TLSv1.2', 'TLSv1.3'),
  serverName: fc.constantFrom(null, 'wfm.example'),
});

describe('hostile clients', () => {
  it('send nothing that cannot be judged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { maxLength: 6 }), async (all) => {
        const judge = new Judge(address, new Ledger(() => undefined));
        for (const request of all) await judge.judge(request, routeOf(request.url, ''), 'x');
      }),
      { numRuns: 2_000 },
    );
  });

  it('that break off, stay silent or speak no TLS are no fault of the one that is checked', async () => {
    const disturb = async ({ url, ca }: Ready): Promise<void> => {
      const { hostname, host, port } = new URL(url);
      const where = { host: hostname, port: Number(port) };
      const half = connect({ ...where, servername: hostname, ca });
      half.write(`POST /api/v1/onboarding HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 50\r\n\r\n{"ki`, () =>
        half.destroy(),
      );
      const plain = connectPlain(where);
      plain.on('error', () => undefined);
      plain.end('GET / HTTP/1.1\r\n\r\n').resume();
      connectPlain(where).on('error', () => undefined);
      await Promise.all([once(half, 'close'), once(plain, 'close')]);
    };
    const checked = await checkWith((ready, signal) =>
      new SmallClient(ready, { before: disturb }, signal).run(),
    );
    assert.deepEqual(tellFailed(checked), []);
    assert.equal(checked.report.conformant, true);
  });
});
