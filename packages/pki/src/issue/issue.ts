/** Making certificates and CSRs, by @peculiar/x509. */
import { randomBytes, type KeyObject, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type * as X509 from '@peculiar/x509';
import { x509 } from '../library.ts';
import { fileSigner, type KeyPair, type Signer } from '../keys/signer.ts';
import { type Certificate, parseCertificate } from '../read/certificate.ts';

const day = 86_400_000;

type KeyAlgorithm = EcKeyImportParams | RsaHashedImportParams;

function importAlgorithm(key: KeyObject): KeyAlgorithm {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  return {
    name: 'ECDSA',
    namedCurve: key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'P-384' : 'P-256',
  };
}

function toPublic(key: KeyObject): Promise<CryptoKey> {
  const der = new Uint8Array(key.export({ format: 'der', type: 'spki' }));
  return webcrypto.subtle.importKey('spki', der, importAlgorithm(key), true, [
    'verify',
  ]) as Promise<CryptoKey>;
}

/** A key in memory, or whatever signs for one elsewhere. */
type IssuingKey = KeyPair | Signer;

/**
 * What the encoder needs to issue with a key that nobody sees: the algorithm's name, the public key in the place of the
 * private one, and a `sign` that asks the Signer. Certificates are PKCS#1 v1.5, whatever else an RSA key signs.
 */
async function issuer(keys: IssuingKey): Promise<{
  signingKey: CryptoKey;
  signingAlgorithm: { name: string; hash: string };
  crypto: Crypto;
}> {
  const signer = 'sign' in keys ? keys : fileSigner(keys, 'memory');
  const { subtle } = webcrypto;
  const own = {
    sign: async (_algorithm: unknown, _key: unknown, tbs: ArrayBuffer): Promise<ArrayBuffer> =>
      new Uint8Array(await signer.sign(new Uint8Array(tbs))).buffer,
    exportKey: subtle.exportKey.bind(subtle),
    digest: subtle.digest.bind(subtle),
  };
  return {
    signingKey: await toPublic(signer.publicKey),
    signingAlgorithm: {
      name: importAlgorithm(signer.publicKey).name,
      hash: signer.algorithm === 'ecdsa-p384-sha384' ? 'SHA-384' : 'SHA-256',
    },
    crypto: {
      subtle: own,
      getRandomValues: webcrypto.getRandomValues.bind(webcrypto),
    } as unknown as Crypto,
  };
}

/** 16 random bytes, positive and never zero (RFC 5280 section 4.1.2.2). */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function commonNameOf(value: string): X509.JsonName {
  return [{ CN: [value] }];
}

interface Issuing {
  readonly subject: X509.JsonName;
  readonly issuer: X509.JsonName | string;
  readonly publicKey: KeyObject;
  readonly signingKey: IssuingKey;
  readonly notBefore: Date;
  readonly days: number;
  readonly serialNumber?: string | undefined;
  readonly extensions: X509.Extension[];
}

async function issue(o: Issuing): Promise<Certificate> {
  const publicKey = await toPublic(o.publicKey);
  const { crypto, ...signing } = await issuer(o.signingKey);
  const view = await x509().X509CertificateGenerator.create(
    {
      serialNumber: o.serialNumber ?? randomSerial(),
      subject: o.subject,
      issuer: o.issuer,
      notBefore: o.notBefore,
      notAfter: new Date(o.notBefore.getTime() + o.days * day),
      publicKey,
      ...signing,
      extensions: [...o.extensions, await x509().SubjectKeyIdentifierExtension.create(publicKey)],
    },
    crypto,
  );
  return parseCertificate(new Uint8Array(view.rawData));
}

interface SelfSigned {
  readonly keys: IssuingKey;
  readonly commonName: string;
  readonly serialNumber?: string;
  readonly notBefore: Date;
  readonly days: number;
}

function issueToItself(
  { keys, commonName, ...o }: SelfSigned,
  extensions: X509.Extension[],
): Promise<Certificate> {
  const name = commonNameOf(commonName);
  return issue({
    ...o,
    subject: name,
    issuer: name,
    publicKey: keys.publicKey,
    signingKey: keys,
    extensions,
  });
}

/** Makes a self-signed root CA that may issue end-entity certificates only (pathLen 0). @param o.days validity */
export function createRootCa(o: Omit<SelfSigned, 'serialNumber'>): Promise<Certificate> {
  return issueToItself(o, [
    new (x509().BasicConstraintsExtension)(true, 0, true),
    new (x509().KeyUsagesExtension)(x509().KeyUsageFlags.keyCertSign | x509().KeyUsageFlags.cRLSign, true),
  ]);
}

/** Issues a TLS server certificate for DNS names and IP addresses. @param o.days validity */
export async function issueServerCertificate(o: {
  ca: Certificate;
  caKey: KeyObject;
  publicKey: KeyObject;
  hosts: readonly string[];
  notBefore: Date;
  days: number;
}): Promise<Certificate> {
  const names = o.hosts.map((host) => ({
    type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const),
    value: host,
  }));
  return issue({
    subject: commonNameOf((o.hosts[0] ?? 'localhost').slice(0, 64)),
    issuer: o.ca.subject,
    publicKey: o.publicKey,
    signingKey: { privateKey: o.caKey, publicKey: o.ca.publicKey },
    notBefore: o.notBefore,
    days: o.days,
    extensions: [
      new (x509().BasicConstraintsExtension)(false, undefined, true),
      new (x509().KeyUsagesExtension)(x509().KeyUsageFlags.digitalSignature, true),
      new (x509().ExtendedKeyUsageExtension)([x509().ExtendedKeyUsage.serverAuth]),
      new (x509().SubjectAlternativeNameExtension)(names),
      await x509().AuthorityKeyIdentifierExtension.create(await toPublic(o.ca.publicKey)),
    ],
  });
}

/** Makes the certificate of a device that brings none: signed with its own key, wherever that is. @param o.days validity */
export function selfSignedDeviceCertificate(o: SelfSigned): Promise<Certificate> {
  return issueToItself(o, [
    new (x509().BasicConstraintsExtension)(false, undefined, true),
    new (x509().KeyUsagesExtension)(x509().KeyUsageFlags.digitalSignature, true),
    new (x509().ExtendedKeyUsageExtension)([x509().ExtendedKeyUsage.clientAuth]),
  ]);
}

/** Makes a PKCS#10 certificate signing request as PEM (RFC 2986), signed with the key wherever it is. */
export async function createCsr(o: { keys: IssuingKey; commonName: string }): Promise<string> {
  const { crypto, signingKey, signingAlgorithm } = await issuer(o.keys);
  const request = await x509().Pkcs10CertificateRequestGenerator.create(
    {
      name: commonNameOf(o.commonName),
      keys: { privateKey: signingKey, publicKey: signingKey },
      signingAlgorithm,
      extensions: [new (x509().KeyUsagesExtension)(x509().KeyUsageFlags.digitalSignature, true)],
    },
    crypto,
  );
  return `${request.toString('pem')}\n`;
}
