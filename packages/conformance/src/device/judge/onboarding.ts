/** The onboarding document and the certificate in it. */
import { type Certificate, CertificateError, decodeCertificates } from '@muster/pki';
import { isObject, onboardingRequest, parseJson, ProtocolError } from '@muster/protocol';
import { bad, type Finding, found, good } from '../checks.ts';
import type { Received } from '../received.ts';

export interface JudgedOnboarding {
  readonly findings: readonly Finding[];
  /** The client's own; null when it cannot be read. */
  readonly certificate: Certificate | null;
}

const published = onboardingRequest('') as Readonly<Record<'apiVersion' | 'kind', string>>;

function judgeDocument(document: Readonly<Record<string, unknown>>): Finding[] {
  const { apiVersion, kind, certificate } = document;
  const faults = [
    typeof apiVersion === 'string' ? '' : 'apiVersion must be a string',
    kind === published.kind ? '' : `kind must be ${published.kind}`,
    typeof certificate === 'string' && certificate !== '' ? '' : 'certificate must be base64 text',
  ].filter((fault) => fault !== '');
  return [
    found('document', faults.length === 0, faults.join('; ') || published.kind),
    ...(typeof apiVersion === 'string'
      ? [found('apiVersion', apiVersion === published.apiVersion, apiVersion)]
      : []),
  ];
}

/**
 * Judges a certificate that stands for a client.
 * @param now milliseconds since 1970
 */
function judgeCertificate(certificate: Certificate, now: number): Finding[] {
  const { keyType, keyBits, keyUsage, isCa, notBefore, notAfter } = certificate;
  const isUsable = keyType === 'p256' || keyType === 'p384' || keyType === 'rsa';
  const signs = keyUsage === null || (keyUsage & 0x80) !== 0;
  return [
    good('certificate', certificate.subject),
    found('certificateKey', isUsable, `${keyType} of ${keyBits} bits`),
    ...(keyType === 'rsa' ? [found('certificateStrength', keyBits >= 2048, `${keyBits} bits`)] : []),
    found(
      'certificateUsage',
      signs,
      keyUsage === null ? 'no keyUsage' : `keyUsage with${signs ? '' : 'out'} digitalSignature`,
    ),
    found('certificateLeaf', !isCa, isCa ? 'CA:TRUE' : 'no CA'),
    found(
      'certificateTime',
      notBefore.getTime() <= now && now <= notAfter.getTime(),
      `valid ${notBefore.toISOString()} to ${notAfter.toISOString()}`,
    ),
  ];
}

function readCertificate(text: string, now: number): JudgedOnboarding {
  const isLiteral = text.includes('-----BEGIN ');
  const encoding = found('certificateEncoding', !isLiteral, isLiteral ? 'PEM text as it is' : 'base64');
  try {
    const [leaf] = decodeCertificates(text);
    if (leaf !== undefined)
      return { findings: [encoding, ...judgeCertificate(leaf, now)], certificate: leaf };
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    const { seen, expected, nextStep } = error;
    return {
      findings: [encoding, bad('certificate', seen ?? error.message, { expected, nextStep })],
      certificate: null,
    };
  }
  return { findings: [encoding, bad('certificate', 'no certificate')], certificate: null };
}

/**
 * Judges the body of an onboarding request.
 * @param now milliseconds since 1970
 */
export function judgeOnboarding({ body }: Received, now: number): JudgedOnboarding {
  let document: unknown;
  try {
    document = parseJson(body);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { findings: [bad('document', error.message)], certificate: null };
  }
  if (!isObject(document)) return { findings: [bad('document', 'no object')], certificate: null };
  const { certificate } = document;
  const read =
    typeof certificate === 'string' && certificate !== '' ? readCertificate(certificate, now) : null;
  return {
    findings: [...judgeDocument(document), ...(read?.findings ?? [])],
    certificate: read?.certificate ?? null,
  };
}
