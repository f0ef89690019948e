/** What admission rules look at in a certificate: names by their parts, key usages, and names that may deceive. */
import * as x509 from '@peculiar/x509';
import { CertificateError } from '../errors.ts';
import { type Certificate, libraryView } from './certificate.ts';

/** One attribute of a distinguished name: `CN`, `O`, or a dotted OID, and its value. */
export interface NameAttribute {
  readonly type: string;
  readonly value: string;
}

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
  const view = libraryView(certificate);
  const subject = view.subjectName
    .toJSON()
    .flatMap((part) =>
      Object.entries(part).flatMap(([type, values]) => values.map((value) => ({ type, value }))),
    );
  const names = view.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
  const usages = view.getExtension(x509.ExtendedKeyUsageExtension)?.usages ?? [];
  if (subject.length > maximumNames || names.length > maximumNames)
    throw unusable(`more than ${maximumNames} names`);
  const alternativeNames = names.map((name) => `${name.type}:${name.value}`);
  for (const text of [...subject.map((a) => a.value), ...alternativeNames])
    if (deceiving.test(text))
      throw unusable(`a control character in the name ${JSON.stringify(text.slice(0, 80))}`);
  return { subject, alternativeNames, extendedKeyUsage: usages.map(String) };
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
