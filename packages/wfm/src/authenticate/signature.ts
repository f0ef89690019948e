/** The signature step that both variants share: digest first, then the signature over each possible target. */
import type { KeyObject } from 'node:crypto';
import {
  DigestError,
  knownAlgorithms,
  SignatureError,
  type VerifiedSignature,
  verifyContentDigest,
  verifyMessage,
} from '@muster/signatures';
import { HttpProblem } from '../http/problem.ts';
import type { AuthenticationContext, ReceivedRequest } from './context.ts';

/** @throws HttpProblem `invalid-digest-header` */
export function checkDigest(request: ReceivedRequest): void {
  try {
    verifyContentDigest(request.fields, request.body);
  } catch (error) {
    if (!(error instanceof DigestError)) throw error;
    const { code, seen, expected, nextStep } = error;
    throw new HttpProblem('invalid-digest-header', {
      detail: `${error.message} ${nextStep}`,
      extra: { check: code, seen, expected, nextStep },
    });
  }
}

/**
 * Turns a signature error into the 401 that says which check failed.
 * @param targetUris for which the signature was tried
 */
export function signatureProblem(error: SignatureError, targetUris?: readonly string[]): HttpProblem {
  const { code, seen, expected, nextStep } = error;
  return new HttpProblem('signature-verification-failed', {
    detail: `${error.message} ${nextStep}`,
    // What it was verified for tells the peer what has been changed on the way.
    extra: { check: code, seen, expected, nextStep, ...(targetUris === undefined ? {} : { targetUris }) },
  });
}

/**
 * Verifies the signature with one given key.
 * @throws HttpProblem `signature-verification-failed`
 */
export async function checkSignature(
  context: AuthenticationContext,
  request: ReceivedRequest,
  keyObject: KeyObject,
): Promise<{ verified: VerifiedSignature; targetUri: string }> {
  const policy = {
    requiredComponents:
      request.body.length > 0 ? ['@method', '@target-uri', 'content-digest'] : ['@method', '@target-uri'],
    algorithms: knownAlgorithms,
    now: () => context.now() / 1000,
    maxAgeSeconds: context.maxAgeSeconds,
    maxSkewSeconds: context.maxSkewSeconds,
    allowMixedCaseFieldNames: true,
  };
  let first: SignatureError | undefined;
  for (const targetUri of request.targets) {
    try {
      const message = { kind: 'request' as const, method: request.method, targetUri, fields: request.fields };
      return { verified: await verifyMessage(message, policy, () => ({ keyObject })), targetUri };
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
      first ??= error;
      // Another origin can only help where the bytes did not fit.
      if (error.code !== 'signature-mismatch') break;
    }
  }
  throw signatureProblem(
    first ??
      new SignatureError('signature-mismatch', 'No origin is configured.', { nextStep: 'Set a public URL.' }),
    request.targets,
  );
}
