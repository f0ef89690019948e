/** Which certificates can stand for a group of device authorities. */
import { type Certificate, CertificateError, decodeCertificates, PathError, validatePath } from '@muster/pki';
import { HttpProblem } from '../http/problem.ts';

function refuse(certificate: Certificate, check: string, message: string, nextStep: string): HttpProblem {
  return new HttpProblem('semantic-error', {
    detail: `${certificate.subject}: ${message} ${nextStep}`,
    errors: [{ field: 'certificates', message }],
    extra: { check, seen: `${certificate.subject} (sha256:${certificate.sha256})`, nextStep },
  });
}

/**
 * Reads the certificates of a group and tells anchors (self-issued) from the CAs between them and the devices.
 * @param ownRoots the WFM's own root CA: devices must not be able to enter by certificates that it issues to itself
 * @throws HttpProblem `semantic-error` that names the certificate and what is wrong with it
 */
export function checkAuthorities(
  text: string,
  ownRoots: readonly Certificate[],
  now: Date,
): { anchors: Certificate[]; intermediates: Certificate[] } {
  let all: Certificate[];
  try {
    all = decodeCertificates(text);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    throw new HttpProblem('semantic-error', {
      detail: `${error.message} ${error.nextStep}`,
      errors: [{ field: 'certificates', message: error.message }],
      extra: { check: error.code },
    });
  }
  for (const certificate of all) {
    if (!certificate.isCa)
      throw refuse(certificate, 'not-a-ca', 'This is no CA.', 'Pre-authorise single devices instead.');
    if (ownRoots.some((root) => root.spkiSha256 === certificate.spkiSha256))
      throw refuse(
        certificate,
        'own-root',
        "This is the WFM's own root CA.",
        'Use the CA that issues to devices.',
      );
  }
  // One that nobody else in the file has issued is where trust begins, self-issued or not.
  const anchors = all.filter((c) => c.selfIssued || !all.some((o) => o !== c && o.subject === c.issuer));
  const intermediates = all.filter((c) => !anchors.includes(c));
  for (const certificate of all) {
    try {
      validatePath(certificate, intermediates, anchors, { now, asIssuer: true });
    } catch (error) {
      if (!(error instanceof PathError)) throw error;
      throw refuse(certificate, error.code, error.message, error.nextStep);
    }
  }
  return { anchors, intermediates };
}
