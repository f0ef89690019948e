/** Published vectors, as data: RFC 9421 Appendix B (all but HMAC, which has no place here) and the Margo profile. */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  contentDigest,
  knownAlgorithms,
  SignatureError,
  verifyContentDigest,
  verifyMessage,
} from '../src/index.ts';
import type { Message } from '../src/types.ts';

interface Vector {
  source: string;
  label: string;
  message: Message;
  spki: string;
  algorithm: string;
  input: string;
  signature: string;
  /** Where the published message was changed so that it must not verify. */
  refused?: string;
  baseLength?: number;
  baseSha256?: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('vectors/signatures.json', import.meta.url), 'utf8'),
) as Vector[];

describe('published signatures', () => {
  for (const v of vectors) {
    const keyObject = createPublicKey({ key: Buffer.from(v.spki, 'base64'), format: 'der', type: 'spki' });
    const created = Number(/created=(\d+)/.exec(v.input)?.[1]);
    const policy = {
      requiredComponents: [],
      algorithms: knownAlgorithms,
      now: () => created,
      maxAgeSeconds: 1,
      maxSkewSeconds: 1,
    };
    const signed = (signature: string): Message => ({
      ...v.message,
      fields: [
        ...v.message.fields,
        'Signature-Input',
        `${v.label}=${v.input}`,
        'Signature',
        `${v.label}=:${signature}:`,
      ],
    });
    if (v.refused !== undefined) {
      it(`${v.source} is refused`, async () => {
        const verdict = verifyMessage(signed(v.signature), policy, () => ({ keyObject }));
        await assert.rejects(verdict, { code: v.refused });
      });
      continue;
    }
    it(`${v.source} verifies`, async () => {
      const verified = await verifyMessage(signed(v.signature), policy, () => ({ keyObject }));
      assert.equal(verified.algorithm, v.algorithm);
      if (v.baseLength !== undefined) assert.equal(verified.base.length, v.baseLength);
      if (v.baseSha256 !== undefined) assert.equal(verified.baseSha256, v.baseSha256);
    });
    it(`${v.source} with one bit changed does not`, async () => {
      const bytes = Buffer.from(v.signature, 'base64');
      bytes[9] = (bytes[9] ?? 0) ^ 1;
      await assert.rejects(
        verifyMessage(signed(bytes.toString('base64')), policy, () => ({ keyObject })),
        SignatureError,
      );
    });
  }
});

describe('published digests', () => {
  const cases: Array<[string, 'sha-256' | 'sha-512', string]> = [
    [
      '{"hello": "world"}',
      'sha-512',
      'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
    ],
    ['{"hello": "world"}', 'sha-256', 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:'],
    ['', 'sha-256', 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:'],
    [
      '{"apiVersion":"onboarding.margo.org/v1alpha1","kind":"OnboardingRequest","certificate":"LS0tLS1CRUdJTi4uLg=="}',
      'sha-256',
      'sha-256=:bGYdkdabLyYkhOJwoB7Ds+BMJzThSkYrNFocI6bXk3k=:',
    ],
  ];
  for (const [body, algorithm, expected] of cases) {
    it(`${algorithm} of ${body.length} bytes`, () => {
      assert.equal(contentDigest(Buffer.from(body), algorithm), expected);
      if (algorithm === 'sha-256') verifyContentDigest(['Content-Digest', expected], Buffer.from(body));
    });
  }
});
