/** Texts and numbers that a database cannot keep, on the stricter one: refused or made fit at every door, and never a failure of the server. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readJson } from '../../src/operator-api/texts.ts';
import { startPostgres } from '../support/postgres.ts';
import {
  capabilities,
  onboard,
  onboardingBody,
  type Rig,
  signedHeaders,
  signedSend,
  startRig,
  type TestClient,
  testClient,
} from '../support/wfm.ts';

describe('on PostgreSQL', () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let rig: Rig;
  let client: TestClient;
  let id: string;
  before(async () => {
    postgres = await startPostgres();
    rig = await startRig({
      admission: 'open',
      database: await postgres.database('texts'),
      // No whole number of milliseconds.
      signatureMaxAgeSeconds: 299.98765,
    });
    client = await testClient();
    id = String((await onboard(rig, client)).body['clientId']);
  });
  after(async () => {
    await rig.stop();
    await postgres.stop();
  });

  it('a NUL character is refused with 400 in whatever an operator says', async () => {
    const nul = 'a\u0000b';
    const fingerprint = 'ab'.repeat(32);
    const said: ReadonlyArray<readonly [string, string, unknown?]> = [
      ['POST', `/clients/${id}/block`, { reason: nul }],
      ['PUT', `/clients/${id}/labels`, { labels: { a: nul } }],
      ['POST', '/preauthorizations', { items: [{ fingerprint, note: nul }] }],
      ['PUT', `/signers/sha256:${fingerprint}`, { note: nul }],
      ['POST', '/tickets', { note: nul }],
      ['POST', '/tokens', { name: nul, role: 'viewer' }],
      ['PUT', '/rules', { version: 0, comment: nul, rules: [] }],
      ['POST', '/clients/import', { file: nul }],
      ['GET', '/clients?text=a%00b'],
      ['GET', '/clients?authority=a%00b'],
      ['GET', '/devices?clientId=a%00b'],
      ['GET', '/clients/a%00b'],
      ['GET', '/enrollments/a%00b'],
      ['DELETE', '/tokens/a%00b'],
    ];
    for (const [method, path, body] of said) {
      const answer = await rig.operator(method, path, body);
      assert.equal(answer.status, 400, `${method} ${path}: ${answer.text}`);
      assert.match(answer.text, /holds a NUL character/);
    }
    assert.equal((await rig.operator('GET', `/clients/${id}`)).body['state'], 'active');
  });

  it('times of a fraction of a millisecond are kept in whole ones', async () => {
    for (const hours of [0.0111, 1 / 3]) {
      const answer = await rig.operator('POST', '/tickets', { hours });
      assert.equal(answer.status, 201, answer.text);
    }
    const pack = await rig.operator('POST', '/trust/pack', { days: 0.0123456, newTicket: true });
    assert.equal(pack.status, 201, pack.text);
  });

  it('a NUL character in a name of a certificate is refused at every door', async () => {
    const mallory = await testClient();
    const name = 'test device';
    const good = Buffer.from(mallory.certificate.der);
    // The issuer stands before the subject; nobody looks at what a stranger has signed himself.
    for (const at of [good.indexOf(name), good.lastIndexOf(name)]) {
      const der = Buffer.from(good);
      der[at + 4] = 0;
      const certificate = der.toString('base64');
      const body = onboardingBody(mallory, certificate);
      const path = '/api/v1/onboarding';
      const headers = signedHeaders(mallory, 'POST', rig.url + path, body);
      const answer = await rig.send({ method: 'POST', path, headers, body });
      assert.deepEqual([answer.status, answer.body['check']], [400, 'malformed'], answer.text);
      const list = await rig.operator('POST', '/preauthorizations', { items: [{ certificate }] });
      assert.equal(list.status, 422, list.text);
    }
  });

  it('numbers of events that no database counts to are refused with 400', async () => {
    const url = 'https://127.0.0.1:1/';
    assert.equal((await rig.operator('POST', '/webhooks', { name: 'far', url })).status, 201);
    for (const seq of [1e30, 2 ** 53, -1, 1.5]) {
      assert.equal((await rig.operator('POST', '/webhooks/far/retry', { seq })).status, 400, `${seq}`);
      assert.equal((await rig.operator('GET', `/events?after=${seq}`)).status, 400, `${seq}`);
    }
  });

  it('no text that a device sends fails anything', async () => {
    const path = `/api/v1/clients/${id}/capabilities/d`;
    const report = capabilities('d', { vendor: 'V\u0000', modelNumber: '\ud800' });
    const answer = await signedSend(rig, client, 'PUT', path, report);
    assert.ok(answer.status < 500, answer.text);
    for (const odd of ['%00', 'a%00b', '%25', '']) {
      const gone = await signedSend(rig, client, 'DELETE', `/api/v1/clients/${id}/capabilities/${odd}`);
      assert.equal(gone.status, 404, `${odd}: ${gone.text}`);
    }
    const good = await signedSend(rig, client, 'PUT', path, capabilities('d', { modelNumber: 'M1' }));
    assert.ok(good.status === 200 || good.status === 201, good.text);
    const acknowledged = await signedSend(
      rig,
      client,
      'POST',
      `/api/v1/clients/${id}/acknowledgements`,
      JSON.stringify({ about: 'rebind', orderId: '0'.repeat(36), state: 'failed', reason: 'a\u0000b' }),
    );
    assert.ok(acknowledged.status >= 400 && acknowledged.status < 500, acknowledged.text);
    for (const path of ['/devices?limit=10', '/device-facets', `/clients/${id}`]) {
      const seen = await rig.operator('GET', path);
      assert.equal(seen.status, 200, `${path}: ${seen.text}`);
    }
  });
});

it('an escape that is one counts, and text that only looks like one does not', () => {
  for (const bad of ['"\\u0000"', '{"a":"\\\\\\u0000"}', '["\\u0000\\u0000"]'])
    assert.throws(() => readJson(bad), /NUL/, bad);
  assert.deepEqual(readJson('{"a":"\\\\u0000"}'), { a: '\\u0000' });
  assert.throws(() => readJson('{"a":"\u0000"}'), /JSON/);
  assert.equal(readJson(''), null);
});

it('a key that stands twice in one object is refused, and only there', () => {
  for (const bad of ['{"a":1,"a":1}', '{"b":[{"a":1,"\\u0061":2}]}', '{"a\\\\":"\\"","a\\\\":1}'])
    assert.throws(() => readJson(bad), /stands twice/, bad);
  for (const good of [
    '{"a":{"a":["a","a"]},"b":{"a":1}}',
    '[{"a":1},{"a":1}]',
    '{"a":"\\\\","b":",\\"a\\":"}',
  ])
    assert.deepEqual(readJson(good), JSON.parse(good));
});

it('what is nested beyond all measure is refused, instead of exhausting who writes it again', () => {
  const nested = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  assert.throws(() => readJson(nested(100_000)), /nested deeper/);
  assert.throws(() => readJson(nested(101)), /nested deeper/);
  assert.deepEqual(readJson('{"a":[[]]}'), { a: [[]] });
  readJson(nested(100));
});
