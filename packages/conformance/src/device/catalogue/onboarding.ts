/** The onboarding request and the certificate in it. */
import { type ClientCheck, must, onboarding, security, should } from './check.ts';

export const onboardingChecks = {
  onboardingArrives: must(
    'onboarding.arrives',
    'The client asks to be onboarded',
    onboarding,
    'POST …/api/v1/onboarding',
    'Join the WFM at the URL that was shown; onboarding is POST …/api/v1/onboarding.',
  ),
  document: must(
    'onboarding.document',
    'The request has the published shape',
    onboarding,
    'a JSON object with apiVersion, kind OnboardingRequest and certificate',
    'Correct the named fields.',
  ),
  apiVersion: should(
    'onboarding.api-version',
    'apiVersion is the published one',
    onboarding,
    'onboarding.margo.org/v1alpha1',
    'Send the published apiVersion.',
  ),
  certificateEncoding: must(
    'certificate.encoding',
    'The certificate is base64',
    onboarding,
    'base64 of the PEM text or of the DER',
    'Encode the certificate in base64.',
  ),
  certificate: must(
    'certificate.x509',
    'The certificate can be read',
    `${security}; RFC 5280`,
    'an X.509 v3 certificate',
    'Check it with: openssl x509 -noout -text -in FILE',
  ),
  certificateKey: must(
    'certificate.key',
    'The key fits an algorithm that every WFM verifies',
    security,
    'EC P-256, EC P-384 or RSA',
    'Make a key of one of these kinds.',
  ),
  certificateStrength: should(
    'certificate.strength',
    'An RSA key has 2048 bits or more',
    'NIST SP 800-57 Part 1',
    '2048 bits or more',
    'Make a longer key, or an EC P-256 key.',
  ),
  certificateUsage: must(
    'certificate.usage',
    'The certificate allows signing',
    'RFC 5280 section 4.2.1.3',
    'digitalSignature, or no keyUsage extension',
    'Issue the certificate with keyUsage digitalSignature.',
  ),
  certificateLeaf: should(
    'certificate.end-entity',
    'The certificate is no CA',
    'RFC 5280 section 4.2.1.9',
    'an end-entity certificate',
    'Send the certificate of the client, not that of who issued it.',
  ),
  certificateTime: must(
    'certificate.validity',
    'The certificate is valid now',
    'RFC 5280 section 4.1.2.5',
    'a certificate that is valid now',
    'Renew the certificate, or set the clocks right.',
  ),
} as const satisfies Record<string, ClientCheck>;
