import type { Given } from '../api/types.ts';

type Item = Given<'/operator/v1/preauthorizations'>['items'][number];

/** A certificate, or a line. */
const entry = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----|[^\n]+/g;

/**
 * What was typed or pasted, in its order: certificates in PEM, and fingerprints, one a line.
 * @param o.kind what the fingerprints are of
 * @param o.note for each of them; empty for none
 */
export function itemsOf(o: { text: string; kind: 'certificate' | 'key'; note: string }): Item[] {
  const more = o.note === '' ? {} : { note: o.note };
  return (o.text.match(entry) ?? [])
    .map((found) => found.trim())
    .filter((found) => found !== '')
    .map((found) => ({
      ...(found.startsWith('-----') ? { certificate: found } : { fingerprint: found, kind: o.kind }),
      ...more,
    }));
}
