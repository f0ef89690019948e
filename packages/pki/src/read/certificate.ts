import 'reflect-metadata';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { CertificateError } from '../errors.ts';

/** The largest certificate that is read, in bytes of DER: real ones stay below 4 KiB. */
const maximumDerLength = 16_384;

export type CertificateKeyType = 'p256' | 'p384' | 'p521' | 'rsa' | 'ed25519' | 'other';

/** What this project needs of an X.509 certificate, read once. */
export interface Certificate {
  readonly der: Uint8Array;
  readonly pem: string;
  /** Hex SHA-256 of the DER: the certificate's fingerprint. */
  readonly sha256: string;
  /** Hex SHA-256 of the SubjectPublicKeyInfo: the key's identity. */
  readonly spkiSha256: string;
  readonly spki: Uint8Array;
  readonly subject: string;
  readonly issuer: string;
  /** Hex. */
  readonly serialNumber: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly keyType: CertificateKeyType;
  readonly keyBits: number;
  readonly isCa: boolean;
  readonly selfIssued: boolean;
}

const parsed = new WeakMap<Certificate, x509.X509Certificate>();

/** @internal The library's view of a certificate, for the extensions that path validation reads. */
export function libraryView(certificate: Certificate): x509.X509Certificate {
  return parsed.get(certificate) ?? new x509.X509Certificate(certificate.der as Uint8Array<ArrayBuffer>);
}

function malformed(why: string, cause?: unknown): CertificateError {
  return new CertificateError('malformed', `The certificate cannot be read: ${why}.`, {
    seen: why,
    expected: 'an X.509 v3 certificate (RFC 5280) as PEM or DER',
    nextStep: 'Check it with: openssl x509 -noout -text -in FILE',
    cause,
  });
}

function keyTypeOf(key: KeyObject): { keyType: CertificateKeyType; keyBits: number } {
  const details = key.asymmetricKeyDetails;
  switch (key.asymmetricKeyType) {
    case 'ec':
      switch (details?.namedCurve) {
        case 'prime256v1':
          return { keyType: 'p256', keyBits: 256 };
        case 'secp384r1':
          return { keyType: 'p384', keyBits: 384 };
        case 'secp521r1':
          return { keyType: 'p521', keyBits: 521 };
      }
      return { keyType: 'other', keyBits: 0 };
    case 'rsa':
      return { keyType: 'rsa', keyBits: details?.modulusLength ?? 0 };
    case 'ed25519':
      return { keyType: 'ed25519', keyBits: 256 };
  }
  return { keyType: 'other', keyBits: 0 };
}

/** The whole length that the outer SEQUENCE announces, or undefined. */
function announcedLength(der: Uint8Array): number | undefined {
  const first = der[1];
  if (der[0] !== 0x30 || first === undefined) return undefined;
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  if (count < 1 || count > 3 || der.length < 2 + count) return undefined;
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + (der[2 + i] ?? 0);
  return 2 + count + length;
}

/**
 * Reads one certificate from DER.
 * @throws CertificateError `malformed`, `too-large`
 */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > maximumDerLength) {
    throw new CertificateError('too-large', 'The certificate is too large.', {
      seen: `${der.length} bytes`,
      expected: `at most ${maximumDerLength} bytes`,
      nextStep: 'Send the device certificate alone.',
    });
  }
  // The library tolerates bytes after the certificate; a fingerprint must not depend on such a tail.
  if (announcedLength(der) !== der.length) throw malformed('it is not one complete DER sequence');
  const own = new Uint8Array(der);
  try {
    const view = new x509.X509Certificate(own);
    const spki = new Uint8Array(view.publicKey.rawData);
    const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const constraints = view.getExtension(x509.BasicConstraintsExtension);
    const certificate: Certificate = {
      der: own,
      pem: pemOf(own),
      sha256: createHash('sha256').update(own).digest('hex'),
      spkiSha256: createHash('sha256').update(spki).digest('hex'),
      spki,
      subject: view.subject,
      issuer: view.issuer,
      serialNumber: view.serialNumber,
      notBefore: view.notBefore,
      notAfter: view.notAfter,
      publicKey,
      ...keyTypeOf(publicKey),
      isCa: constraints?.ca ?? false,
      selfIssued: Buffer.from(view.subjectName.toArrayBuffer()).equals(
        Buffer.from(view.issuerName.toArrayBuffer()),
      ),
    };
    // Extensions are decoded lazily by the library; a broken one must be found here, not later.
    if (Number.isNaN(certificate.notBefore.getTime()) || Number.isNaN(certificate.notAfter.getTime())) {
      throw malformed('its validity is no date');
    }
    parsed.set(certificate, view);
    return certificate;
  } catch (error) {
    if (error instanceof CertificateError) throw error;
    throw malformed(error instanceof Error ? (error.message.split('\n')[0] ?? 'bad DER') : 'bad DER', error);
  }
}

function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
