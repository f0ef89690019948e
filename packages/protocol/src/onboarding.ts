import { type FieldProblem, ProtocolError } from './errors.ts';
import { isObject } from './json.ts';

/** The version of the onboarding document that is sent and accepted. */
const onboardingApiVersion = 'onboarding.margo.org/v1alpha1';

/** Members beyond the standard, sent only to a WFM that has given reason to. They are covered by the signature. */
export interface OnboardingExtensions {
  /** An operator's one-time ticket. */
  readonly ticket?: string | undefined;
  /** What the WFM handed out with the clientId; it proves to a restored WFM what it has forgotten. */
  readonly continuity?: string | undefined;
  /** How the device says that it keeps its key, such as `tpm`: a claim, not a proof. */
  readonly keyProtection?: string | undefined;
}

/** Makes the onboarding document. @param certificate base64 of the certificate */
export function onboardingRequest(certificate: string, o: OnboardingExtensions = {}): object {
  return {
    apiVersion: onboardingApiVersion,
    kind: 'OnboardingRequest',
    certificate,
    ...(o.ticket === undefined ? {} : { 'x-muster-ticket': o.ticket }),
    ...(o.continuity === undefined ? {} : { 'x-muster-continuity': o.continuity }),
    ...(o.keyProtection === undefined ? {} : { 'x-muster-key-protection': o.keyProtection }),
  };
}

/**
 * Checks the shape of an onboarding document.
 * @throws ProtocolError `invalid-request` with every problem
 */
export function parseOnboardingRequest(value: unknown): { certificate: string } & OnboardingExtensions {
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
  const extension = (name: string): string | undefined => {
    const text = body[name];
    if (text === undefined) return undefined;
    if (typeof text === 'string' && text.length <= 512) return text;
    problems.push({ field: name, message: 'must be a string of at most 512 characters' });
    return undefined;
  };
  const ticket = extension('x-muster-ticket');
  const continuity = extension('x-muster-continuity');
  const keyProtection = extension('x-muster-key-protection');
  if (problems.length > 0 || typeof certificate !== 'string') {
    throw new ProtocolError(
      'invalid-request',
      'This is no onboarding request.',
      problems,
      'Correct the named fields.',
    );
  }
  return { certificate, ticket, continuity, keyProtection };
}
