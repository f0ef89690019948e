/** Everything that must not get through the real listener: each a 4xx with a stable type, and nothing written. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type Certificate, createRootCa, generateKeyPair, selfSignedDeviceCertificate } from '@muster/pki';
import {
  capabilities,
  onboard,
  onboardingBody,
  type Rig,
  type SignChanges,
  signedHeaders,
  signedSend,
  startRig,
  type TestClient,
  testClient,
} from '../support/wfm.ts';

describe('hostile requests', () => {
  let rig: Rig;
  let client: TestClient;
  let other: TestClient;
  let clientId: string;
  let otherId: string;
  let path: string;
  const now = (): number => Math.floor(Date.now() / 1000);
  before(async () => {
    rig = await startRig({ admission: 'open' });
    [client, other] = await Promise.all([testClient(), testClient()]);
    clientId = String((await onboard(rig, client)).body['clientId']);
    otherId = String((await onboard(rig, other)).body['clientId']);
    path = `/api/v1/clients/${clientId}/capabilities/d`;
  });
  after(async () => {
    // The process is unharmed and nothing was written.
    assert.deepEqual((await rig.operator('GET', '/devices')).body['items'], []);
    assert.equal(((await rig.operator('GET', '/clients')).body['items'] as unknown[]).length, 2);
    await rig.stop();
  });

  const flip = (b: Buffer): Buffer => Buffer.from(b.map((byte, i) => (i === 5 ? byte ^ 1 : byte)));
  const signatures: Array<[string, () => SignChanges, number, string]> = [
    ['a tampered signature', () => ({ signature: flip }), 401, 'signature-mismatch'],
    ['a truncated signature', () => ({ signature: (b) => b.subarray(0, 40) }), 401, 'signature-length'],
    ["somebody else's key", () => ({ privateKey: other.privateKey }), 401, 'signature-mismatch'],
    ['an old signature', () => ({ created: now() - 400 }), 401, 'created-too-old'],
    ['a signature from the future', () => ({ created: now() + 400 }), 401, 'created-in-future'],
    ['an expired signature', () => ({ more: `;expires=${now() - 5}` }), 401, 'expired'],
    ['a parameter twice', () => ({ more: `;created=${now()}` }), 401, 'signature-malformed'],
    ['an expiry that is no time', () => ({ more: ';expires="never"' }), 401, 'parameter-invalid'],
    ['another method signed', () => ({ method: 'POST' }), 401, 'signature-mismatch'],
    ['another path signed', () => ({ target: `${rig.url}${path}x` }), 401, 'signature-mismatch'],
    ['a query that was not sent', () => ({ target: `${rig.url}${path}?a=1` }), 401, 'signature-mismatch'],
    ['another host signed', () => ({ target: `https://evil.example${path}` }), 401, 'signature-mismatch'],
    ['no digest covered', () => ({ components: ['@method', '@target-uri'] }), 401, 'component-not-covered'],
    [
      'no target covered',
      () => ({ components: ['@method', 'content-digest'] }),
      401,
      'component-not-covered',
    ],
    ['alg of another key', () => ({ alg: 'rsa-v1_5-sha256' }), 401, 'algorithm-conflict'],
    ['no digest at all', () => ({ digest: null }), 400, 'digest-missing'],
    [
      'a digest of another body',
      () => ({ digest: 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:' }),
      400,
      'digest-mismatch',
    ],
    ['a keyid of another client', () => ({ keyid: other.keyid }), 401, 'parameter-invalid'],
    ['the clientId of another as keyid', () => ({ keyid: otherId }), 401, 'parameter-invalid'],
  ];
  for (const [name, change, status, check] of signatures) {
    it(`${name} → ${status} ${check}`, async () => {
      const answer = await signedSend(rig, client, 'PUT', path, capabilities('d'), change());
      assert.equal(answer.status, status);
      assert.equal(answer.body['check'], check);
      assert.ok(String(answer.body['type']).startsWith('https://docs.margo.org/'));
      if (status === 401) assert.equal(answer.headers['connection'], 'close');
    });
  }

  it('no signature → 401; a stranger learns nothing of known clients but 404', async () => {
    const body = capabilities('d');
    const digest = signedHeaders(client, 'PUT', rig.url + path, body)['Content-Digest'] ?? '';
    const none = await rig.send({
      method: 'PUT',
      path,
      headers: { 'content-type': 'application/json', 'content-digest': digest },
      body,
    });
    assert.equal(none.status, 401);
    assert.equal(none.body['check'], 'signature-missing');
    const unknown = await signedSend(rig, client, 'PUT', '/api/v1/clients/nobody/capabilities/d', body);
    assert.equal(unknown.status, 404);
    assert.match(String(unknown.body['type']), /invalid-client$/);
  });

  it('a body and a digest of it under the signature of another → 401', async () => {
    const headers = signedHeaders(client, 'PUT', rig.url + path, capabilities('d'));
    const body = capabilities('d', { vendor: 'Mallory' });
    const { 'Content-Digest': digest = '' } = signedHeaders(client, 'PUT', rig.url + path, body);
    const answer = await rig.send({
      method: 'PUT',
      path,
      headers: { ...headers, 'Content-Digest': digest },
      body,
    });
    assert.equal(answer.status, 401);
    assert.equal(answer.body['check'], 'signature-mismatch');
  });

  it('a request of one client on the path of another → 401', async () => {
    assert.equal(
      (await signedSend(rig, client, 'PUT', `/api/v1/clients/${otherId}/capabilities/d`, capabilities('d')))
        .status,
      401,
    );
    assert.equal(
      (await signedSend(rig, client, 'DELETE', `/api/v1/clients/${otherId}/capabilities/d`)).status,
      401,
    );
  });

  it('a replayed write → 401, also with the signature rewritten as (r, n-s)', async () => {
    const body = '{}';
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const headers = signedHeaders(client, 'PUT', rig.url + path, body);
    assert.equal((await rig.send({ method: 'PUT', path, headers, body })).status, 422);
    const replayed = await rig.send({ method: 'PUT', path, headers, body });
    assert.equal(replayed.status, 401);
    assert.equal(replayed.body['check'], 'replayed');
    const bytes = Buffer.from((headers['Signature'] ?? '').slice(6, -1), 'base64');
    const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
    const rewritten = Buffer.concat([
      bytes.subarray(0, 32),
      Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
    ]);
    const again = await rig.send({
      method: 'PUT',
      path,
      headers: { ...headers, Signature: `sig1=:${rewritten.toString('base64')}:` },
      body,
    });
    assert.equal(again.body['check'], 'replayed');
  });

  const made = { commonName: 'made', notBefore: new Date(), days: 9 };
  const derOf = ({ der }: Certificate): string => Buffer.from(der).toString('base64');
  const certificates: Array<[string, () => Promise<string>, number, RegExp]> = [
    ['no base64', () => Promise.resolve('***'), 400, /invalid-certificate-format$/],
    ['base64 of nothing sensible', () => Promise.resolve('aGVsbG8='), 400, /invalid-certificate-format$/],
    [
      'PEM with broken DER',
      () =>
        Promise.resolve(
          Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----').toString('base64'),
        ),
      400,
      /invalid-certificate-format$/,
    ],
    [
      'truncated DER',
      () => Promise.resolve(Buffer.from(client.certificate.der.subarray(0, 200)).toString('base64')),
      400,
      /invalid-certificate-format$/,
    ],
    [
      'DER with a tail',
      () => Promise.resolve(Buffer.concat([client.certificate.der, Buffer.from('x')]).toString('base64')),
      400,
      /invalid-certificate-format$/,
    ],
    [
      'a CA certificate',
      async () => derOf(await createRootCa({ ...made, keys: await generateKeyPair('p256') })),
      400,
      /invalid-certificate-format$/,
    ],
    [
      'RSA of an exponent that would take long to check',
      async () => {
        const { stdout } = await promisify(execFile)(
          'openssl',
          'genpkey -algorithm RSA -pkeyopt rsa_keygen_pubexp:36893488147419103233'.split(' '),
        );
        const privateKey = createPrivateKey(stdout);
        const keys = { privateKey, publicKey: createPublicKey(privateKey) };
        return derOf(await selfSignedDeviceCertificate({ ...made, keys }));
      },
      400,
      /invalid-certificate-format$/,
    ],
    [
      'RSA of 1024 bits',
      async () =>
        derOf(
          await selfSignedDeviceCertificate({
            ...made,
            keys: generateKeyPairSync('rsa', { modulusLength: 1024 }),
          }),
        ),
      400,
      /invalid-certificate-format$/,
    ],
    [
      "somebody else's certificate",
      () => Promise.resolve(Buffer.from(other.certificate.pem).toString('base64')),
      401,
      /signature-verification-failed$/,
    ],
  ];
  for (const [name, make, status, type] of certificates) {
    it(`onboarding with ${name} → ${status}`, async () => {
      const body = onboardingBody(client, await make());
      const answer = await signedSend(rig, client, 'POST', '/api/v1/onboarding', body);
      assert.equal(answer.status, status);
      assert.match(String(answer.body['type']), type);
    });
  }

  it('onboarding with an expired certificate → 403, but only after the signature is true', async () => {
    const expired = await testClient({ notBefore: new Date(Date.now() - 9 * 86_400_000), days: 1 });
    const answer = await onboard(rig, expired);
    assert.equal(answer.status, 403);
    assert.equal(answer.body['check'], 'expired');
    assert.equal((await onboard(rig, expired, { privateKey: client.privateKey })).status, 401);
  });

  it('onboarding documents that are none → 400', async () => {
    for (const body of [
      '{}',
      '[]',
      'null',
      '{"kind":"OnboardingRequest"}',
      '{"a":1,"a":2}',
      '{',
      `${'['.repeat(100)}${']'.repeat(100)}`,
      JSON.stringify({ ...(JSON.parse(onboardingBody(client)) as object), apiVersion: 'v2' }),
    ]) {
      assert.equal(
        (await signedSend(rig, client, 'POST', '/api/v1/onboarding', body)).status,
        400,
        body.slice(0, 40),
      );
    }
  });

  it('onboarding in another encoding or type → 400, 415', async () => {
    const send = (body: Buffer, type: string): ReturnType<typeof signedSend> =>
      signedSend(
        rig,
        client,
        'POST',
        '/api/v1/onboarding',
        body as unknown as string,
        {},
        { 'Content-Type': type },
      );
    const broken = Buffer.concat([Buffer.from(onboardingBody(client)), Buffer.from([0xff])]);
    const latin = await send(broken, 'application/json');
    assert.equal(latin.status, 400);
    assert.match(String(latin.body['type']), /malformed-json$/);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      'multipart/json',
    ]) {
      const answer = await send(Buffer.from(onboardingBody(client)), type);
      assert.deepEqual(
        [answer.status, answer.body['type']],
        [415, 'urn:muster:problem:unsupported-media-type'],
      );
    }
  });

  it('path tricks reach nobody', async () => {
    for (const trick of [
      `/api/v1/clients/${clientId}%2Fcapabilities%2Fd`,
      `/api/v1/clients/../clients/${clientId}/capabilities/d`,
      `/api/v1/clients/%2e%2e/capabilities/d`,
      `//api/v1/clients/${clientId}/capabilities/d`,
      '/api/v1/clients/%zz/capabilities/d',
      `/api/v1/clients/${'a'.repeat(300)}/capabilities/d`,
      // Decoded once, and not again.
      `/api/v1/clients/%25${clientId.charCodeAt(0).toString(16)}${clientId.slice(1)}/capabilities/d`,
      `/api/v1/clients/${clientId}%00/capabilities/d`,
    ]) {
      const answer = await signedSend(rig, client, 'PUT', trick, capabilities('d'));
      assert.ok([400, 404].includes(answer.status), `${trick.slice(0, 60)}: ${answer.status}`);
    }
    const hidden = `%${otherId.charCodeAt(0).toString(16)}${otherId.slice(1)}`;
    const encoded = await signedSend(rig, client, 'PUT', `/api/v1/clients/${hidden}/capabilities/d`, '{}');
    assert.equal(encoded.status, 401);
  });

  it('refusals that matter stand in the audit log, once each, with who, what and from where', async () => {
    const refused = async (): Promise<Array<Record<string, unknown>>> =>
      ((await rig.operator('GET', '/audit?limit=1000')).body['items'] as Array<Record<string, unknown>>)
        .filter((entry) => entry['action'] === 'request.refused' && entry['subject'] === clientId)
        .map((entry) => entry['detail'] as Record<string, unknown>)
        .filter((detail) => detail['check'] === 'created-too-old');
    for (let i = 0; i < 5; i++) {
      const answer = await signedSend(rig, client, 'PUT', path, capabilities('d'), {
        created: now() - 500,
      });
      assert.equal(answer.status, 401);
    }
    const entries = await refused();
    assert.equal(entries.length, 1);
    assert.equal(entries[0]?.['code'], 'signature-verification-failed');
    assert.match(String(entries[0]?.['from']), /127\.0\.0\.1|::1/);
  });

  it('the certificate in the body must belong to the key that signed, whatever stands beside it', async () => {
    const chain = Buffer.from(other.certificate.pem + client.certificate.pem).toString('base64');
    assert.equal(
      (await signedSend(rig, client, 'POST', '/api/v1/onboarding', onboardingBody(client, chain))).status,
      401,
    );
  });
});
