import { type FieldProblem, ProtocolError } from './errors.ts';
import { isObject } from './json.ts';

/** The version of the onboarding document that is sent and accepted. */
export const onboardingApiVersion = 'onboarding.margo.org/v1alpha1';

/** Makes the onboarding document. @param certificate base64 of the certificate */
export function onboardingRequest(certificate: string): object {
  return { apiVersion: onboardingApiVersion, kind: 'OnboardingRequest', certificate };
}

/**
 * Checks the shape of an onboarding document.
 * @throws ProtocolError `invalid-request` with every problem
 */
export function parseOnboardingRequest(value: unknown): { certificate: string } {
  const problems: FieldProblem[] = [];
  const body = isObject(value) ? value : {};
  if (!isObject(value)) problems.push({ field: '', message: 'must be an object' });
  if (body['apiVersion'] !== onboardingApiVersion) {
    problems.push({ field: 'apiVersion', message: `must be ${onboardingApiVersion}` });
  }
  if (body['kind'] !== 'OnboardingRequest')
    problems.push({ field: 'kind', message: 'must be OnboardingRequest' });
  const certificate = body['certificate'];
  if (typeof certificate !== 'string' || certificate === '') {
    problems.push({ field: 'certificate', message: 'must be the base64 of an X.509 certificate' });
  }
  if (problems.length > 0 || typeof certificate !== 'string') {
    throw new ProtocolError(
      'invalid-request',
      'This is no onboarding request.',
      problems,
      'Correct the named fields.',
    );
  }
  return { certificate };
}
