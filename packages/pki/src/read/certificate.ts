import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type * as X509 from '@peculiar/x509';
import { CertificateError } from '../errors.ts';
import { x509 } from '../library.ts';
import { type Outline, outline } from './der.ts';
import { nameText } from './name.ts';

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
  /** The first byte of the keyUsage bits (digitalSignature is 0x80), or null without the extension. */
  readonly keyUsage: number | null;
  readonly selfIssued: boolean;
}

const outlines = new WeakMap<Certificate, Outline>();

/** @internal The parts that were found when the certificate was read. */
export function outlineOf(certificate: Certificate): Outline {
  return outlines.get(certificate) ?? outline(certificate.der);
}

const views = new WeakMap<Certificate, X509.X509Certificate>();

/** @internal The library's view of a certificate, for the extensions that path validation reads. */
export function libraryView(certificate: Certificate): X509.X509Certificate {
  let view = views.get(certificate);
  if (view === undefined) {
    try {
      view = new (x509().X509Certificate)(new Uint8Array(certificate.der));
    } catch (error) {
      throw malformed(error instanceof Error ? error.message : 'bad DER', error);
    }
    views.set(certificate, view);
  }
  return view;
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
  const own = new Uint8Array(der);
  try {
    const parts = outline(own);
    const publicKey = createPublicKey({ key: Buffer.from(parts.spki), format: 'der', type: 'spki' });
    const selfIssued = Buffer.from(parts.subject).equals(parts.issuer);
    const subject = nameText(parts.subject);
    const certificate: Certificate = {
      der: own,
      pem: pemOf(own),
      sha256: createHash('sha256').update(own).digest('hex'),
      spkiSha256: createHash('sha256').update(parts.spki).digest('hex'),
      spki: parts.spki,
      subject,
      issuer: selfIssued ? subject : nameText(parts.issuer),
      serialNumber: Buffer.from(parts.serialNumber).toString('hex'),
      notBefore: parts.notBefore,
      notAfter: parts.notAfter,
      publicKey,
      ...keyTypeOf(publicKey),
      isCa: parts.isCa,
      keyUsage: parts.keyUsage,
      selfIssued,
    };
    outlines.set(certificate, parts);
    return certificate;
  } catch (error) {
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
