/**
 * The outline of a certificate, straight from its DER.
 *
 * Encoding and decoding are a library's work here, but onboarding reads one certificate per request and the library
 * took more than a third of the server's time for it. This file finds the parts (RFC 5280 section 4.1) and leaves
 * names, path validation and issuing to the library.
 */

/** One tag-length-value: `from` is where the tag stands, `start` and `end` bound the content. */
export interface Tlv {
  readonly tag: number;
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

export interface Outline {
  /** The signature's AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  readonly serialNumber: Uint8Array;
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly spki: Uint8Array;
  readonly isCa: boolean;
  /** The first byte of the keyUsage bits, or null without the extension. */
  readonly keyUsage: number | null;
  /** The values of these extensions, or null without them. */
  readonly subjectAltName: Uint8Array | null;
  readonly extendedKeyUsage: Uint8Array | null;
}

type Extensions = Pick<Outline, 'isCa' | 'keyUsage' | 'subjectAltName' | 'extendedKeyUsage'>;

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;
const oids = {
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  extendedKeyUsage: '551d25',
} as const;

function broken(why: string): Error {
  return new Error(why);
}

/** Walks one level of DER; every length is checked against what encloses it. */
export class Walker {
  readonly der: Uint8Array;
  at: number;
  readonly end: number;

  constructor(der: Uint8Array, at: number, end: number) {
    this.der = der;
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  peek(): number {
    return this.done ? -1 : (this.der[this.at] ?? -1);
  }

  next(expected?: number): Tlv {
    const from = this.at;
    const tag = this.der[from] ?? -1;
    const first = this.der[from + 1] ?? -1;
    if (from + 2 > this.end || (expected !== undefined && tag !== expected))
      throw broken(`an unexpected element at byte ${from}`);
    let start = from + 2;
    let length = first;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count < 1 || count > 3) throw broken(`a bad length at byte ${from}`);
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (this.der[start++] ?? 0);
      // DER knows one way to write a length: the shortest (X.690 section 10.1).
      if (length < 0x80 || length < 2 ** (8 * (count - 1)))
        throw broken(`a length that is not minimal at byte ${from}`);
    }
    const end = start + length;
    if (end > this.end) throw broken(`an element that ends beyond its parent at byte ${from}`);
    this.at = end;
    return { tag, from, start, end };
  }

  inside(tlv: Tlv): Walker {
    return new Walker(this.der, tlv.start, tlv.end);
  }

  whole(tlv: Tlv): Uint8Array {
    return this.der.slice(tlv.from, tlv.end);
  }

  finish(): void {
    if (!this.done) throw broken(`something unexpected at byte ${this.at}`);
  }
}

/** UTCTime or GeneralizedTime in the forms that RFC 5280 section 4.1.2.5 allows. */
export function readTime(walker: Walker): Date {
  const tlv = walker.next();
  const text = Buffer.from(walker.der.subarray(tlv.start, tlv.end)).toString('latin1');
  const short = tlv.tag === 0x17 && /^\d{12}Z$/.test(text);
  if (!short && !(tlv.tag === 0x18 && /^\d{14}Z$/.test(text))) throw broken('its validity is no date');
  const digits = short ? (Number(text.slice(0, 2)) < 50 ? '20' : '19') + text : text;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(..)(..)(..)(..)(..)Z$/.exec(digits) ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(date.getTime())) throw broken('its validity is no date');
  return date;
}

function readExtensions(walker: Walker): Extensions {
  const seen = new Set<string>();
  let isCa = false;
  let keyUsage: number | null = null;
  let subjectAltName: Uint8Array | null = null;
  let extendedKeyUsage: Uint8Array | null = null;
  while (!walker.done) {
    const extension = walker.inside(walker.next(tags.sequence));
    const oid = extension.next(tags.oid);
    const id = Buffer.from(walker.der.subarray(oid.start, oid.end)).toString('hex');
    // RFC 5280 section 4.2: no more than one instance of an extension.
    if (seen.has(id)) throw broken('an extension stands twice');
    seen.add(id);
    if (extension.peek() === tags.boolean) extension.next(tags.boolean);
    const value = extension.inside(extension.next(tags.octetString));
    extension.finish();
    if (id === oids.basicConstraints) {
      const constraints = value.inside(value.next(tags.sequence));
      if (constraints.peek() === tags.boolean) isCa = walker.der[constraints.next(tags.boolean).start] !== 0;
    } else if (id === oids.keyUsage) {
      const bits = value.next(tags.bitString);
      // The first content byte of a BIT STRING counts its unused bits.
      keyUsage = bits.end - bits.start > 1 ? (walker.der[bits.start + 1] ?? 0) : 0;
    } else if (id === oids.subjectAltName) subjectAltName = value.whole(value.next(tags.sequence));
    else if (id === oids.extendedKeyUsage) extendedKeyUsage = value.whole(value.next(tags.sequence));
  }
  return { isCa, keyUsage, subjectAltName, extendedKeyUsage };
}

/** The version as it is written: 0 when it is left out, 2 for version 3 (RFC 5280 section 4.1.2.1). */
function readVersion(tbs: Walker): number {
  if (tbs.peek() !== 0xa0) return 0;
  const wrapped = tbs.inside(tbs.next());
  const { start, end } = wrapped.next(tags.integer);
  wrapped.finish();
  return end - start === 1 ? (tbs.der[start] ?? -1) : -1;
}

/**
 * Finds the parts of a certificate.
 * @throws Error that says what is wrong and where
 */
export function outline(der: Uint8Array): Outline {
  const file = new Walker(der, 0, der.length);
  const certificate = file.inside(file.next(tags.sequence));
  file.finish();
  const tbs = certificate.inside(certificate.next(tags.sequence));
  const outer = certificate.next(tags.sequence);
  certificate.next(tags.bitString);
  certificate.finish();
  const version = readVersion(tbs);
  const serial = tbs.next(tags.integer);
  // DER knows one way to write a number (X.690 section 8.3.2); under another a revoked one would not be found in the list.
  const [first = 0, second = 0] = der.subarray(serial.start, serial.end);
  const length = serial.end - serial.start;
  if (length === 0 || (length > 1 && (first === 0 ? second < 0x80 : first === 0xff && second >= 0x80)))
    throw broken('its serial number is not minimal');
  const inner = tbs.next(tags.sequence);
  // RFC 5280 section 4.1.1.2: the signed and the outer algorithm must be the same.
  if (!Buffer.from(tbs.whole(inner)).equals(certificate.whole(outer)))
    throw broken('its two signature algorithms differ');
  const issuer = tbs.whole(tbs.next(tags.sequence));
  const validity = tbs.inside(tbs.next(tags.sequence));
  const notBefore = readTime(validity);
  const notAfter = readTime(validity);
  const subject = tbs.whole(tbs.next(tags.sequence));
  const spki = tbs.whole(tbs.next(tags.sequence));
  let found: Extensions = { isCa: false, keyUsage: null, subjectAltName: null, extendedKeyUsage: null };
  // The unique identifiers, which nobody uses.
  for (const tag of [0x81, 0x82]) if (tbs.peek() === tag) tbs.next();
  if (tbs.peek() === 0xa3) {
    if (version !== 2) throw broken('it has extensions without being of version 3');
    const list = tbs.inside(tbs.next());
    found = readExtensions(list.inside(list.next(tags.sequence)));
    list.finish();
  }
  // A second list of extensions would hide the first.
  tbs.finish();
  return {
    algorithm: certificate.whole(outer),
    serialNumber: der.slice(serial.start, serial.end),
    issuer,
    subject,
    notBefore,
    notAfter,
    spki,
    ...found,
  };
}
