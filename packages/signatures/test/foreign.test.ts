/** Agreement, both ways, with two implementations by other people. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constants, type KeyObject, verify } from 'node:crypto';
import { createSignature, verifySignature } from 'http-message-sig';
import { createSigner, createVerifier, httpbis } from 'http-message-signatures';
import {
  contentDigest,
  type RequestMessage,
  type SignatureAlgorithm,
  signMessage,
  verifyMessage,
} from '../src/index.ts';
import { now, pairs, policy, signingKey } from './support.ts';

const body = Buffer.from('{"hello":"world"}');
const url = 'https://wfm.example/api/v1/onboarding?x=1';
const components = ['@method', '@target-uri', '@authority', 'content-digest'];
const algorithms: SignatureAlgorithm[] = [
  'ecdsa-p256-sha256',
  'ecdsa-p384-sha384',
  'rsa-v1_5-sha256',
  'rsa-pss-sha512',
  'ed25519',
];

/** node's own verification, told what to do by the name of the algorithm. */
function nodeVerify(
  algorithm: SignatureAlgorithm,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (algorithm === 'ed25519') return verify(null, data, key, signature);
  if (algorithm === 'rsa-v1_5-sha256') return verify('sha256', data, key, signature);
  if (algorithm === 'rsa-pss-sha512')
    return verify(
      'sha512',
      data,
      { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 },
      signature,
    );
  return verify(
    algorithm.endsWith('384') ? 'sha384' : 'sha256',
    data,
    { key, dsaEncoding: 'ieee-p1363' },
    signature,
  );
}

describe('http-message-signatures', () => {
  for (const algorithm of algorithms) {
    const { publicKey, privateKey } = pairs[algorithm];
    it(`verifies ours: ${algorithm}`, async () => {
      const fields = ['Content-Digest', contentDigest(body)];
      const created = Math.floor(Date.now() / 1000);
      const { signatureInput, signature } = await signMessage(
        { kind: 'request', method: 'POST', targetUri: url, fields },
        {
          key: signingKey(algorithm, privateKey),
          components,
          parameters: [
            ['created', created],
            ['keyid', 'a"b\\c'],
            ['alg', algorithm],
          ],
        },
      );
      const headers = { 'content-digest': contentDigest(body), 'signature-input': signatureInput, signature };
      const verify = createVerifier(publicKey, algorithm);
      const result = await httpbis.verifyMessage(
        { keyLookup: () => Promise.resolve({ id: 'k', algs: [algorithm], verify }) },
        { method: 'POST', url, headers },
      );
      assert.equal(result, true);
    });
    // Its PSS signer leaves the salt at the longest possible; RFC 9421 section 3.3.1 says 64 bytes, and so do we.
    if (algorithm === 'rsa-pss-sha512') continue;
    it(`is verified by ours: ${algorithm}`, async () => {
      const key = createSigner(privateKey, algorithm, 'k');
      const message = { method: 'POST', url, headers: { 'content-digest': contentDigest(body) } };
      const signed = await httpbis.signMessage(
        {
          key,
          fields: components,
          params: ['created', 'keyid'],
          paramValues: { created: new Date(now * 1000) },
        },
        message,
      );
      const fields = Object.entries(signed.headers).flatMap(([name, value]) => [name, String(value)]);
      const received: RequestMessage = { kind: 'request', method: 'POST', targetUri: url, fields };
      assert.equal(
        (await verifyMessage(received, policy, () => ({ keyObject: publicKey }))).algorithm,
        algorithm,
      );
    });
  }
});

describe('http-message-sig', () => {
  for (const algorithm of algorithms) {
    const { publicKey, privateKey } = pairs[algorithm];
    const request = (fields: readonly string[]) => ({
      kind: 'request' as const,
      method: 'POST',
      targetUri: url,
      fields: fields.flatMap((name, i) => (i % 2 === 0 ? [{ name, value: fields[i + 1] ?? '' }] : [])),
    });
    it(`verifies ours: ${algorithm}`, async () => {
      const fields = ['Content-Digest', contentDigest(body)];
      const { signatureInput, signature } = await signMessage(
        { kind: 'request', method: 'POST', targetUri: url, fields },
        {
          key: signingKey(algorithm, privateKey),
          components,
          parameters: [
            ['created', now],
            ['keyid', 'a"b\\c'],
          ],
        },
      );
      const verified = await verifySignature(
        request([...fields, 'Signature-Input', signatureInput, 'Signature', signature]),
        {
          policy: {
            algorithms: [algorithm],
            requiredComponents: components,
            requiredParameters: ['created'],
            maxAge: 300,
            clockSkew: 60,
            now,
          },
          resolveVerifier: () => ({
            algorithm,
            verify: (data, bytes) => nodeVerify(algorithm, publicKey, data, bytes),
          }),
        },
      );
      assert.equal(verified.algorithm, algorithm);
    });
    it(`is verified by ours: ${algorithm}`, async () => {
      const fields = ['Content-Digest', contentDigest(body)];
      const key = signingKey(algorithm, privateKey);
      const made = await createSignature(request(fields), {
        label: 'other',
        components,
        parameters: { created: now, keyid: 'k' },
        signer: key,
      });
      const received: RequestMessage = {
        kind: 'request',
        method: 'POST',
        targetUri: url,
        fields: [...fields, 'Signature-Input', made.signatureInput, 'Signature', made.signature],
      };
      const verified = await verifyMessage(received, policy, () => ({ keyObject: publicKey }));
      assert.equal(verified.algorithm, algorithm);
      assert.equal(verified.label, 'other');
    });
  }
});
