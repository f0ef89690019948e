/** Certification path validation (RFC 5280 section 6), the part of X.509 that this project does not leave to others. */
import { X509Certificate as NodeCertificate } from 'node:crypto';
import { isIP } from 'node:net';
import { PathError, type PathErrorCode } from '../errors.ts';
import { x509 } from '../library.ts';
import { type Certificate, libraryView, outlineOf } from '../read/certificate.ts';
import { hasStrongDigest, keyWeakness } from '../read/strength.ts';
import {
  type AlternativeNames,
  brokenConstraint,
  ipBytes,
  readAlternativeNames,
} from './name-constraints.ts';

export interface PathOptions {
  readonly now: Date;
  readonly purpose?: 'clientAuth' | 'serverAuth' | 'any';
  readonly hostName?: string;
  /** The certificate is to issue others itself: it is checked as an issuer, too. */
  readonly asIssuer?: boolean;
}

const maximumDepth = 8;
const maximumTries = 64;
const oid = {
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  san: '2.5.29.17',
  nameConstraints: '2.5.29.30',
  eku: '2.5.29.37',
};
const understood = new Set(Object.values(oid));
const purposes = { clientAuth: '1.3.6.1.5.5.7.3.2', serverAuth: '1.3.6.1.5.5.7.3.1' };

function refuse(
  code: PathErrorCode,
  certificate: Certificate,
  message: string,
  expected: string,
  nextStep: string,
): PathError {
  return new PathError(code, message, {
    seen: `${certificate.subject} (${certificate.sha256.slice(0, 16)})`,
    expected,
    nextStep,
  });
}

function namesOf(certificate: Certificate): AlternativeNames {
  const extension = libraryView(certificate).extensions.find((e) => e.type === oid.san);
  return extension === undefined ? { dns: [], ip: [], others: 0 } : readAlternativeNames(extension.value);
}

function sameName(issuerOf: Certificate, subjectOf: Certificate): boolean {
  return Buffer.from(outlineOf(issuerOf).issuer).equals(outlineOf(subjectOf).subject);
}

function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    return new NodeCertificate(certificate.der).verify(issuer.publicKey);
  } catch {
    return false;
  }
}

/** Checks one link, the cheap questions first: the issuer may be one that a stranger has sent along. */
function checkLink(certificate: Certificate, issuer: Certificate): void {
  const weakness = keyWeakness(issuer);
  if (weakness !== undefined)
    throw refuse(
      'weak-key',
      issuer,
      `The issuer has ${weakness.seen} in its RSA key.`,
      weakness.expected,
      'Use a CA with a stronger key.',
    );
  if (!hasStrongDigest(certificate))
    throw refuse(
      'weak-signature',
      certificate,
      'The certificate is signed over MD5, SHA-1 or something unknown.',
      'SHA-256, SHA-384, SHA-512 or Ed25519',
      'Let its CA issue it again.',
    );
  if (!isSignedBy(certificate, issuer))
    throw refuse(
      'bad-signature',
      certificate,
      'The named issuer did not sign this certificate.',
      issuer.subject,
      'Check the chain.',
    );
}

function checkEvery(certificate: Certificate, now: Date): void {
  if (now > certificate.notAfter) {
    throw refuse(
      'expired',
      certificate,
      'A certificate of the path has expired.',
      `valid at ${now.toISOString()}`,
      'Renew it.',
    );
  }
  if (now < certificate.notBefore) {
    const expected = `valid at ${now.toISOString()}`;
    throw refuse(
      'not-yet-valid',
      certificate,
      'A certificate of the path is not valid yet.',
      expected,
      'Check the clock.',
    );
  }
  for (const extension of libraryView(certificate).extensions) {
    if (extension.critical && !understood.has(extension.type)) {
      const message = `The critical extension ${extension.type} is not understood.`;
      throw refuse(
        'critical-extension',
        certificate,
        message,
        'only known critical extensions',
        'Issue without it.',
      );
    }
  }
}

function checkIssuer(certificate: Certificate, below: number): void {
  const view = libraryView(certificate);
  const constraints = view.getExtension(x509().BasicConstraintsExtension);
  if (constraints?.ca !== true) {
    throw refuse(
      'not-a-ca',
      certificate,
      'A certificate that is no CA has issued another.',
      'basicConstraints CA:TRUE',
      'Use a CA.',
    );
  }
  if (constraints.pathLength !== undefined && below > constraints.pathLength) {
    const message = 'There are more CAs below this one than it allows.';
    throw refuse(
      'path-length',
      certificate,
      message,
      `at most ${constraints.pathLength}`,
      'Shorten the chain.',
    );
  }
  const usage = view.getExtension(x509().KeyUsagesExtension);
  if (usage !== null && usage !== undefined && (usage.usages & x509().KeyUsageFlags.keyCertSign) === 0) {
    throw refuse(
      'key-usage',
      certificate,
      'This CA is not allowed to sign certificates.',
      'keyCertSign',
      'Use another CA.',
    );
  }
}

function checkPurpose(certificate: Certificate, purpose: 'clientAuth' | 'serverAuth'): void {
  const usage = libraryView(certificate).getExtension(x509().ExtendedKeyUsageExtension);
  if (usage === null || usage === undefined) return;
  const allowed = usage.usages.map(String);
  if (allowed.includes(purposes[purpose]) || allowed.includes('2.5.29.37.0')) return;
  const message = `The certificate may not be used for ${purpose}.`;
  throw refuse('extended-key-usage', certificate, message, purpose, 'Issue it for this purpose.');
}

function hostMatches(names: AlternativeNames, host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(bare) !== 0) {
    // The URL parser writes IPv6 addresses in their one normal form.
    const wanted = ipBytes(isIP(bare) === 6 ? new URL(`http://[${bare}]/`).hostname.slice(1, -1) : bare);
    return names.ip.some((ip) => Buffer.from(ip).equals(wanted));
  }
  return names.dns.some((name) => {
    if (!name.startsWith('*.')) return name === bare;
    const dot = bare.indexOf('.');
    return dot > 0 && bare.slice(dot) === name.slice(1);
  });
}

/** What the library cannot read in a certificate that stands in a path is that certificate's fault, and no failure here. */
function unreadable(certificate: Certificate, cause: unknown): PathError {
  return new PathError('malformed', 'An extension in the path cannot be read.', {
    seen: cause instanceof Error ? cause.message.slice(0, 200) : String(cause),
    expected: 'extensions as RFC 5280 section 4.2 writes them',
    nextStep: `Check the chain of ${certificate.subject} with: openssl x509 -noout -text -in FILE`,
    cause,
  });
}

/** Checks one complete candidate, leaf first, anchor last. */
function checkChain(chain: readonly Certificate[], options: PathOptions): void {
  const leaf = chain[0];
  if (leaf === undefined) return;
  chain.forEach((certificate) => checkEvery(certificate, options.now));
  const extra = options.asIssuer === true ? 1 : 0;
  if (extra === 1) checkIssuer(leaf, 0);
  chain.slice(1).forEach((issuer, index) => {
    // pathLen counts the non-self-issued CAs between this one and the leaf (RFC 5280 section 4.2.1.9).
    const below = chain.slice(1 - extra, index + 1).filter((c) => !c.selfIssued).length;
    checkIssuer(issuer, below);
    const constraints = libraryView(issuer).extensions.find((e) => e.type === oid.nameConstraints);
    if (constraints === undefined) return;
    for (const subject of chain.slice(0, index + 1)) {
      const broken = brokenConstraint(constraints.value, namesOf(subject));
      if (broken !== undefined)
        throw refuse(
          'name-constraints',
          subject,
          `A name constraint is broken: ${broken}.`,
          issuer.subject,
          'Use a permitted name.',
        );
    }
  });
  if (options.purpose === 'clientAuth' || options.purpose === 'serverAuth') {
    // As openssl does, an anchor's own extended key usage counts, too.
    for (const certificate of chain) checkPurpose(certificate, options.purpose);
  }
  if (options.hostName !== undefined && !hostMatches(namesOf(leaf), options.hostName)) {
    const names = namesOf(leaf).dns.join(', ');
    throw refuse(
      'host-name',
      leaf,
      `The certificate is not for ${options.hostName}; it names ${names || 'no host'}.`,
      options.hostName,
      'Use a URL with a name that the certificate has.',
    );
  }
}

/**
 * Finds and checks a path from a leaf to one of the anchors.
 * @param leaf the certificate to judge
 * @param intermediates untrusted helpers, in any order
 * @param anchors what is trusted; a leaf that is itself an anchor is trusted
 * @returns the chain, leaf first, anchor last
 * @throws PathError with the reason of the most promising candidate (RFC 5280 section 6.1)
 */
export function validatePath(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  anchors: readonly Certificate[],
  options: PathOptions,
): Certificate[] {
  let best: PathError | undefined;
  let tries = 0;
  const note = (error: unknown): void => {
    best ??= error instanceof PathError ? error : unreadable(leaf, error);
  };
  const walk = (chain: readonly Certificate[]): Certificate[] | undefined => {
    const last = chain.at(-1) ?? leaf;
    if (anchors.some((anchor) => anchor.sha256 === last.sha256)) {
      try {
        checkChain(chain, options);
        return [...chain];
      } catch (error) {
        note(error);
        return undefined;
      }
    }
    if (chain.length >= maximumDepth) return undefined;
    for (const issuer of [...anchors, ...intermediates]) {
      if (chain.some((c) => c.sha256 === issuer.sha256) || !sameName(last, issuer)) continue;
      if (++tries > maximumTries)
        throw refuse(
          'too-long',
          leaf,
          'There are too many possible paths.',
          `at most ${maximumTries}`,
          'Send only the chain.',
        );
      try {
        checkLink(last, issuer);
      } catch (error) {
        note(error);
        continue;
      }
      const found = walk([...chain, issuer]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const found = walk([leaf]);
  if (found !== undefined) return found;
  throw (
    best ??
    refuse(
      'untrusted',
      leaf,
      'No trusted authority has issued this certificate.',
      anchors.map((a) => a.subject).join('; ') || 'a trust anchor',
      'Trust its issuer, or use a certificate from a trusted one.',
    )
  );
}
