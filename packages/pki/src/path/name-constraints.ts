/** Name constraints (RFC 5280 section 4.2.1.10) on DNS names and IP addresses. */
import type { GeneralSubtree } from '@peculiar/asn1-x509';
import { asn1 } from '../library.ts';

export interface AlternativeNames {
  readonly dns: readonly string[];
  readonly ip: readonly Uint8Array[];
  /** Kinds other than DNS and IP: never matched, only compared with the kinds that are constrained. */
  readonly others: number;
}

/** Reads a subjectAltName extension value. */
export function readAlternativeNames(value: ArrayBuffer): AlternativeNames {
  const { AsnConvert, SubjectAlternativeName } = asn1();
  const names = AsnConvert.parse(value, SubjectAlternativeName);
  const dns: string[] = [];
  const ip: Uint8Array[] = [];
  let others = 0;
  for (const name of names) {
    if (name.dNSName !== undefined) dns.push(name.dNSName.toLowerCase());
    else if (name.iPAddress !== undefined) ip.push(ipBytes(name.iPAddress));
    else others++;
  }
  return { dns, ip, others };
}

/** The bytes of an address as text, or of a range `address/mask`, which is how the library decodes both. */
export function ipBytes(text: string): Uint8Array {
  const parse = (part: string): number[] => {
    if (!part.includes(':')) return part.split('.').map(Number);
    const [head = '', tail] = part.split('::');
    const left = head === '' ? [] : head.split(':');
    const right = tail === undefined || tail === '' ? [] : tail.split(':');
    const words =
      tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
    return words.flatMap((w) => [Number.parseInt(w, 16) >> 8, Number.parseInt(w, 16) & 255]);
  };
  return Uint8Array.from(text.split('/').flatMap(parse));
}

function dnsWithin(name: string, constraint: string): boolean {
  const base = constraint.toLowerCase();
  return base === '' || name === base || name.endsWith(base.startsWith('.') ? base : `.${base}`);
}

function ipWithin(address: Uint8Array, range: Uint8Array): boolean {
  if (range.length !== address.length * 2) return false;
  return address.every(
    (byte, i) =>
      (byte & (range[address.length + i] ?? 0)) === ((range[i] ?? 0) & (range[address.length + i] ?? 0)),
  );
}

/** @returns why a certificate's names break the constraints, or undefined when they keep them */
export function brokenConstraint(value: ArrayBuffer, names: AlternativeNames): string | undefined {
  const { AsnConvert, NameConstraints } = asn1();
  const constraints = AsnConvert.parse(value, NameConstraints);
  const permitted = [...(constraints.permittedSubtrees ?? [])];
  const excluded = [...(constraints.excludedSubtrees ?? [])];
  const known = (tree: GeneralSubtree): boolean =>
    tree.base.dNSName !== undefined || tree.base.iPAddress !== undefined;
  // What cannot be evaluated must not be waved through (RFC 5280 section 4.2.1.10).
  if (![...permitted, ...excluded].every(known)) return 'a kind of name constraint that is not supported';
  for (const dns of names.dns) {
    const trees = permitted.flatMap((t) => (t.base.dNSName === undefined ? [] : [t.base.dNSName]));
    if (trees.length > 0 && !trees.some((t) => dnsWithin(dns, t))) return `${dns} is not permitted`;
    const bad = excluded.find((t) => t.base.dNSName !== undefined && dnsWithin(dns, t.base.dNSName));
    if (bad !== undefined) return `${dns} is excluded`;
  }
  for (const ip of names.ip) {
    const trees = permitted.flatMap((t) =>
      t.base.iPAddress === undefined ? [] : [ipBytes(t.base.iPAddress)],
    );
    if (trees.length > 0 && !trees.some((t) => ipWithin(ip, t))) return 'an IP address is not permitted';
    const bad = excluded.find(
      (t) => t.base.iPAddress !== undefined && ipWithin(ip, ipBytes(t.base.iPAddress)),
    );
    if (bad !== undefined) return 'an IP address is excluded';
  }
  return undefined;
}
