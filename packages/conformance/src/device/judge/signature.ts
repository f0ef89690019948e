/**
 * Content-Digest (RFC 9530) and the message signature (RFC 9421). Each rule is judged by itself: a signature is verified
 * without any policy first, and what it covers and says is looked at then, so that one fault fails one check.
 */
import type { KeyObject } from 'node:crypto';
import {
  DigestError,
  knownAlgorithms,
  type SignatureAlgorithm,
  SignatureError,
  verifyContentDigest,
  verifyMessage,
  type VerifiedSignature,
} from '@muster/signatures';
import { bad, type CheckName, type Finding, found, good } from '../checks.ts';
import { fieldValues, type Received } from '../received.ts';

/** How far `created` may be back and ahead, in seconds: what the standard gives as example, and what leaves room for little. */
const window = { back: 300, ahead: 60 } as const;
const goodClock = 60;

/** Named by the standard; its RSA-PSS is not one of RFC 9421, which has it with SHA-512. */
const ofTheStandard: readonly SignatureAlgorithm[] = [
  'ecdsa-p256-sha256',
  'ecdsa-p384-sha384',
  'rsa-v1_5-sha256',
  'rsa-pss-sha256',
  'rsa-pss-sha512',
];

/** Judges the digest of a body. */
export function judgeDigest(request: Received): Finding[] {
  if (request.body.length === 0 && fieldValues(request, 'content-digest').length === 0) return [];
  try {
    verifyContentDigest(request.fields, request.body);
    return [good('digest', 'the SHA-256 of the body')];
  } catch (error) {
    if (!(error instanceof DigestError)) throw error;
    return [bad('digest', `${error.message} ${error.seen ?? ''}`.trim(), { expected: error.expected })];
  }
}

type Claims = VerifiedSignature['parameters'];

/** What it covers, and what it says of itself. */
function judgeClaims(claims: Claims, o: { hasBody: boolean; now: number }): Finding[] {
  const covered = claims.components.map((c) => c.toLowerCase());
  const seen = claims.components.join(' ') || 'nothing';
  const needed = ['"@method"', '"@target-uri"', ...(o.hasBody ? ['"content-digest"'] : [])];
  const { created, keyid } = claims;
  const findings = [
    found(
      'covers',
      needed.every((name) => covered.includes(name)),
      seen,
    ),
    found('coversAuthority', covered.includes('"@authority"'), seen),
    found('keyid', keyid !== undefined && keyid !== '', keyid ?? 'no keyid'),
  ];
  if (created === undefined) return findings;
  const ahead = created - o.now;
  const clock = `created ${Math.abs(ahead).toFixed(0)} s ${ahead > 0 ? 'ahead' : 'back'}`;
  const isFresh = ahead <= window.ahead && -ahead <= window.back;
  findings.push(good('created', `created=${created}`), found('fresh', isFresh, clock));
  if (isFresh) findings.push(found('clock', Math.abs(ahead) <= goodClock, clock));
  return findings;
}

/** Which check an error of the verifier is about. */
function faultOf(error: SignatureError, trueness: CheckName): CheckName {
  switch (error.code) {
    case 'created-missing':
      return 'created';
    case 'expired':
      return 'fresh';
    case 'algorithm-conflict':
    case 'algorithm-not-allowed':
    case 'key-unsupported':
      return 'algorithm';
    case 'signature-mismatch':
    case 'signature-length':
      return trueness;
    default:
      return 'form';
  }
}

/** The key to verify with is not known: what can be said without it was said. */
class NoKeyError extends Error {
  override readonly name = 'NoKeyError';
}

export interface JudgedSignature {
  readonly findings: readonly Finding[];
  /** When it is true. */
  readonly verified: VerifiedSignature | null;
}

/**
 * Judges the signature of a request.
 * @param o.key to verify with; null when there is none to go by
 * @param o.trueness the check that a signature which does not verify fails
 * @param o.unsigned the check that a request without one fails
 * @param o.now seconds since 1970
 */
export async function judgeSignature(
  request: Received,
  o: {
    readonly targetUri: string;
    readonly key: KeyObject | null;
    readonly trueness: 'proven' | 'sameKey';
    readonly unsigned: 'signed' | 'getsSigned';
    readonly now: number;
  },
): Promise<JudgedSignature> {
  const present = ['signature-input', 'signature'].filter((name) => fieldValues(request, name).length > 0);
  if (present.length === 0) return { findings: [bad(o.unsigned, 'no signature')], verified: null };
  const findings: Finding[] = [good(o.unsigned, present.join(', '))];
  const hasBody = request.body.length > 0;
  let claimed: Claims | undefined;
  let verified: VerifiedSignature | null = null;
  try {
    verified = await verifyMessage(
      { kind: 'request', method: request.method, targetUri: o.targetUri, fields: request.fields },
      {
        requiredComponents: [],
        algorithms: knownAlgorithms,
        now: () => o.now,
        maxAgeSeconds: Number.POSITIVE_INFINITY,
        maxSkewSeconds: Number.POSITIVE_INFINITY,
        // The standard's own illustration has "Content-Digest".
        allowMixedCaseFieldNames: true,
      },
      (claims) => {
        claimed ??= claims;
        if (o.key === null) throw new NoKeyError();
        return { keyObject: o.key };
      },
    );
    const { algorithm } = verified;
    findings.push(
      good('form', `label ${verified.label}`),
      good(o.trueness, algorithm),
      found('algorithm', ofTheStandard.includes(algorithm), algorithm),
    );
  } catch (error) {
    if (error instanceof SignatureError) {
      const name = faultOf(error, o.trueness);
      const seen = `${error.message} ${error.seen ?? ''}`.trim();
      const expected = name === o.trueness ? `${error.expected} for ${o.targetUri}` : error.expected;
      findings.push(bad(name, seen, { expected, nextStep: error.nextStep }));
    } else if (!(error instanceof NoKeyError)) throw error;
  }
  const claims = verified?.parameters ?? claimed;
  if (claims !== undefined) findings.push(...judgeClaims(claims, { hasBody, now: o.now }));
  return { findings, verified };
}
