/** Agreement, both ways, with two implementations by other people. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
