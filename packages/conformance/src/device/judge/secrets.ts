/** What never leaves a client: its private key, in any of the usual forms. */
import { createPrivateKey } from 'node:crypto';
import { type Finding, found } from '../checks.ts';
import type { Received } from '../received.ts';

const pem = /-----BEGIN [A-Z ]{0,16}PRIVATE KEY-----/;
/** Text that is long enough for the smallest of keys, in base64. */
const base64 = /[A-Za-z0-9+/_-]{40,}={0,2}/g;
/** Longer ones hold no key. */
const longestKey = 16_384;

function isPrivateKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  if (pem.test(bytes.toString('latin1'))) return true;
  // A key in DER is a SEQUENCE.
  if (bytes[0] !== 0x30 || bytes.length > longestKey) return false;
  return (['pkcs8', 'sec1', 'pkcs1'] as const).some((type) => {
    try {
      createPrivateKey({ key: bytes, format: 'der', type });
      return true;
    } catch {
      return false;
    }
  });
}

/** Looks for a private key in a body. */
export function judgeSecrets({ body }: Received): Finding[] {
  if (body.length === 0) return [];
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  // As JSON writes line breaks and slashes.
  const plain = text.replace(/\\[nr]/g, '').replaceAll('\\/', '/');
  const hasKey = pem.test(text) || [...plain.matchAll(base64)].some(([one]) => isPrivateKey(one));
  return [found('privateKey', !hasKey, hasKey ? 'a private key in the body' : 'none in any body')];
}
