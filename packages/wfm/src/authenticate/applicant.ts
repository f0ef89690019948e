/** Key in the message: the onboarding request. The steps, in order. */
import {
  type Certificate,
  CertificateError,
  checkClientLeaf,
  checkValidity,
  decodeCertificates,
} from '@muster/pki';
import {
  type OnboardingExtensions,
  parseJson,
  parseOnboardingRequest,
  ProtocolError,
} from '@muster/protocol';
import { HttpProblem } from '../http/problem.ts';
import type { AuthenticationContext, ReceivedRequest } from './context.ts';
import { checkDigest, checkSignature } from './signature.ts';

export interface ProvenApplicant extends OnboardingExtensions {
  readonly leaf: Certificate;
  /** CAs that were sent along; never a reason to trust. */
  readonly intermediates: readonly Certificate[];
  readonly targetUri: string;
}

/**
 * Verifies an onboarding request with the key of the certificate in its own body: proof of possession comes before any
 * trust decision, so strangers learn nothing and cannot enrol other people's certificates.
 * There is no replay memory here: onboarding is idempotent by key and gives the same answer to the same key.
 * @throws HttpProblem 400 digest, document or certificate; 401 signature; 403 validity
 */
export async function authenticateApplicant(
  context: AuthenticationContext,
  request: ReceivedRequest,
): Promise<ProvenApplicant> {
  checkDigest(request);
  const { certificate, ...extensions } = readDocument(request.body);
  const [leaf, ...intermediates] = readCertificates(certificate);
  const { targetUri } = await checkSignature(context, request, leaf.publicKey);
  try {
    checkValidity(leaf, new Date(context.now()));
  } catch (error) {
    throw certificateProblem('certificate-not-trusted', error);
  }
  return { leaf, intermediates, targetUri, ...extensions };
}

function readDocument(body: Uint8Array): { certificate: string } & OnboardingExtensions {
  try {
    return parseOnboardingRequest(parseJson(body));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const code = error.code === 'malformed-json' ? 'malformed-json' : 'invalid-request';
    throw new HttpProblem(code, { detail: `${error.message} ${error.nextStep}`, errors: error.problems });
  }
}

function readCertificates(text: string): [Certificate, ...Certificate[]] {
  try {
    const [leaf, ...rest] = decodeCertificates(text);
    if (leaf === undefined) throw new HttpProblem('invalid-certificate-format');
    checkClientLeaf(leaf);
    return [leaf, ...rest];
  } catch (error) {
    throw certificateProblem('invalid-certificate-format', error);
  }
}

function certificateProblem(
  code: 'invalid-certificate-format' | 'certificate-not-trusted',
  error: unknown,
): unknown {
  if (!(error instanceof CertificateError)) return error;
  const { seen, expected, nextStep } = error;
  return new HttpProblem(code, {
    detail: `${error.message} ${nextStep}`,
    extra: { check: error.code, seen, expected, nextStep },
  });
}
