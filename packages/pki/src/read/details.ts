/** What admission rules look at in a certificate: names by their parts, key usages, and names that may deceive. */
import type { GeneralName } from '@peculiar/x509';
import { CertificateError } from '../errors.ts';
import { x509 } from '../library.ts';
import { type Certificate, outlineOf } from './certificate.ts';
import { tags, Walker } from './der.ts';
import { type NameAttribute, nameAttributes } from './name.ts';

export interface CertificateDetails {
  readonly subject: readonly NameAttribute[];
  /** `dns:…`, `ip:…`, `uri:…`, `email:…` */
  readonly alternativeNames: readonly string[];
  /** Dotted OIDs; empty without the extension. */
  readonly extendedKeyUsage: readonly string[];
}

const maximumNames = 64;
/** Controls, and the marks that turn the direction of text around. */
const deceiving = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

/**
 * Reads the parts of a certificate that rules match on. Attributes are kept apart, so that a comma within one never
 * looks like the border between two.
 * @throws CertificateError `malformed` for names with control characters, or too many of them
 */
export function certificateDetails(certificate: Certificate): CertificateDetails {
  let parts: Omit<CertificateDetails, 'alternativeNames'> & { alternativeNames: readonly GeneralName[] };
  try {
    const { subject, subjectAltName, extendedKeyUsage } = outlineOf(certificate);
    parts = {
      subject: nameAttributes(subject),
      alternativeNames:
        subjectAltName === null ? [] : new (x509().GeneralNames)(new Uint8Array(subjectAltName)).items,
      extendedKeyUsage: extendedKeyUsage === null ? [] : readOids(extendedKeyUsage),
    };
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : 'bad DER');
  }
  const { subject, extendedKeyUsage } = parts;
  if (subject.length > maximumNames || parts.alternativeNames.length > maximumNames)
    throw unusable(`more than ${maximumNames} names`);
  // RFC 5280 section 4.2.1.6 calls it uniformResourceIdentifier; the library, url.
  const alternativeNames = parts.alternativeNames.map(
    ({ type, value }) => `${type === 'url' ? 'uri' : type}:${value}`,
  );
  // The issuer is no evidence, but it is shown and kept, and a stranger has written it.
  for (const text of [...subject.map((a) => a.value), ...alternativeNames, certificate.issuer])
    if (deceiving.test(text))
      throw unusable(`a control character in the name ${JSON.stringify(text.slice(0, 80))}`);
  return { subject, alternativeNames, extendedKeyUsage };
}

/** Checks that the names in a certificate can be shown and kept. @throws CertificateError `malformed` */
export function checkNames(certificate: Certificate): void {
  certificateDetails(certificate);
}

/** A SEQUENCE OF OBJECT IDENTIFIER as dotted numbers (X.690 section 8.19). */
function readOids(der: Uint8Array): string[] {
  const outer = new Walker(der, 0, der.length);
  const list = outer.inside(outer.next(tags.sequence));
  const found: string[] = [];
  while (!list.done) {
    const { start, end } = list.next(tags.oid);
    const numbers: number[] = [];
    let number = 0;
    for (const byte of der.subarray(start, end)) {
      number = number * 128 + (byte & 0x7f);
      if (byte >= 0x80) continue;
      // The first number holds two: 40 times the first arc and the second.
      if (numbers.length === 0)
        numbers.push(
          Math.min(2, Math.floor(number / 40)),
          number - 40 * Math.min(2, Math.floor(number / 40)),
        );
      else numbers.push(number);
      number = 0;
    }
    found.push(numbers.join('.'));
  }
  return found;
}

function unusable(seen: string): CertificateError {
  return new CertificateError('malformed', 'The names in the certificate cannot be shown safely.', {
    seen,
    expected: `at most ${maximumNames} names, without control characters`,
    nextStep: 'Issue the certificate with plain names.',
  });
}

/** Says where a name mixes scripts, as a Cyrillic а in a Latin word does: to the eye it is another name. */
export function nameWarnings(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const others = name.match(/\p{L}/gu)?.find((letter) => !/\p{Script=Latin}/u.test(letter));
    if (others === undefined || !/\p{Script=Latin}/u.test(name)) return [];
    const code = (others.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    return [
      `letters of several scripts: U+${code.toUpperCase()} among Latin ones in ${JSON.stringify(name.slice(0, 80))}`,
    ];
  });
}
