/** Content-Digest (RFC 9530 section 2). */
import { hash, timingSafeEqual } from 'node:crypto';
import { DigestError, SignatureError } from './errors.ts';
import { readByteDictionary } from './structured-field.ts';
import type { FieldList } from './types.ts';

const hashes = { 'sha-256': 'sha256', 'sha-512': 'sha512' } as const;

/** The Content-Digest field value over the raw body bytes (RFC 9530 section 2). */
export function contentDigest(body: Uint8Array, algorithm: 'sha-256' | 'sha-512' = 'sha-256'): string {
  return `${algorithm}=:${hash(hashes[algorithm], body, 'base64')}:`;
}

function refuse(code: DigestError['code'], message: string, seen: string, expected: string): DigestError {
  return new DigestError(code, message, {
    seen,
    expected,
    nextStep: 'Send Content-Digest: sha-256=:<base64 of the SHA-256 of the raw body bytes>: (RFC 9530).',
  });
}

/**
 * Checks the body against its Content-Digest: `sha-256` must be there and right, `sha-512` right when there.
 * No body and no field is fine; no body and a field must be the digest of nothing.
 * @throws DigestError
 */
export function verifyContentDigest(fields: FieldList, body: Uint8Array): void {
  const values: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    if ((fields[i] ?? '').toLowerCase() === 'content-digest') values.push(fields[i + 1] ?? '');
  }
  const value = values.join(', ');
  if (values.length === 0) {
    if (body.length === 0) return;
    throw refuse(
      'digest-missing',
      'The request has a body but no Content-Digest.',
      'no field',
      contentDigest(body),
    );
  }
  let members: Map<string, Uint8Array | undefined>;
  try {
    members = readByteDictionary(value);
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    throw refuse(
      'digest-malformed',
      'The Content-Digest cannot be read.',
      value.slice(0, 200),
      'sha-256=:<base64>:',
    );
  }
  if (!members.has('sha-256')) {
    const seen = [...members.keys()].join(', ');
    throw refuse('digest-unsupported', 'The Content-Digest has no sha-256 member.', seen, 'sha-256');
  }
  for (const name of ['sha-256', 'sha-512'] as const) {
    if (!members.has(name)) continue;
    const digest = members.get(name);
    const expected = hash(hashes[name], body, 'buffer');
    if (digest === undefined || digest.length !== expected.length) {
      throw refuse(
        'digest-malformed',
        `The ${name} digest has the wrong form.`,
        value.slice(0, 200),
        `${expected.length} bytes`,
      );
    }
    if (!timingSafeEqual(digest, expected)) {
      const seen = `${name}=:${Buffer.from(digest).toString('base64')}:`;
      throw refuse(
        'digest-mismatch',
        'The body is not the one that the Content-Digest names.',
        seen,
        contentDigest(body, name),
      );
    }
  }
}
