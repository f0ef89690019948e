import { CertificateError } from '../errors.ts';
import type { Certificate } from './certificate.ts';
import { keyWeakness } from './strength.ts';

/** The digitalSignature bit (RFC 5280 section 4.2.1.3). */
const digitalSignature = 0x80;

/**
 * Checks that a certificate can stand for a device: a supported key of good size, no CA, allowed to sign.
 * Not its time, and not who issued it.
 * @throws CertificateError `unsupported-key`, `weak-key`, `is-ca`, `key-usage`
 */
export function checkClientLeaf(certificate: Certificate): void {
  const { keyType } = certificate;
  if (keyType !== 'p256' && keyType !== 'p384' && keyType !== 'rsa') {
    throw new CertificateError('unsupported-key', 'The certificate has a kind of key that is not accepted.', {
      seen: keyType,
      expected: 'EC P-256, EC P-384 or RSA of at least 2048 bits',
      nextStep: 'Make a key with one of the accepted types.',
    });
  }
  const weakness = keyWeakness(certificate);
  if (weakness !== undefined) {
    throw new CertificateError('weak-key', 'The RSA key is not one that is accepted.', {
      ...weakness,
      nextStep: 'Make an RSA key of 2048 or 3072 bits with the exponent 65537, or an EC P-256 key.',
    });
  }
  if (certificate.isCa) {
    throw new CertificateError('is-ca', 'A CA certificate cannot stand for a device.', {
      seen: 'basicConstraints CA:TRUE',
      expected: 'an end-entity certificate',
      nextStep: 'Send the device certificate, not the one that issued it.',
    });
  }
  if (certificate.keyUsage !== null && (certificate.keyUsage & digitalSignature) === 0) {
    throw new CertificateError('key-usage', 'The certificate does not allow signing.', {
      seen: 'keyUsage without digitalSignature',
      expected: 'digitalSignature, or no keyUsage extension',
      nextStep: 'Issue the certificate with keyUsage digitalSignature (RFC 5280 section 4.2.1.3).',
    });
  }
}

/** Checks the validity period. @throws CertificateError `expired`, `not-yet-valid` */
export function checkValidity(certificate: Certificate, now: Date): void {
  const detail = {
    seen: `valid ${certificate.notBefore.toISOString()} to ${certificate.notAfter.toISOString()}`,
    expected: `valid at ${now.toISOString()}`,
    nextStep: 'Renew the certificate, or set the clock right.',
  };
  if (now > certificate.notAfter)
    throw new CertificateError('expired', 'The certificate has expired.', detail);
  if (now < certificate.notBefore) {
    throw new CertificateError('not-yet-valid', 'The certificate is not valid yet.', detail);
  }
}
