import type { Certificate } from '@muster/pki';
import type { Applicant } from '../store/ports.ts';

/** What is kept of a certificate that asks to be let in. */
export function applicantOf(leaf: Certificate, remoteAddress: string): Applicant {
  const { spkiSha256, sha256, der, subject, issuer, notAfter, serialNumber } = leaf;
  return {
    spkiSha256,
    certificateSha256: sha256,
    certificateDer: der,
    subject: subject.slice(0, 1024),
    issuer: issuer.slice(0, 1024),
    notAfter: notAfter.getTime(),
    serialNumber,
    remoteAddress,
  };
}
