/** Distinguished names as text. */
import { x509 } from '../library.ts';
import { tags, Walker } from './der.ts';

/** The attributes that nearly every name is made of (RFC 5280 section 4.1.2.4), by the hex of their OIDs. */
const common: Readonly<Record<string, string>> = {
  '550403': 'CN',
  '550406': 'C',
  '550407': 'L',
  '550408': 'ST',
  '55040a': 'O',
  '55040b': 'OU',
};
const textTags = new Set([0x0c, 0x13]);
/** Nothing that RFC 4514 section 2.4 would escape, nor anything outside ASCII. */
const plain = /^[A-Za-z0-9._:()/-]+(?: [A-Za-z0-9._:()/-]+)*$/;

/** One attribute of a distinguished name: `CN`, `O`, or a dotted OID, and its value. */
export interface NameAttribute {
  readonly type: string;
  readonly value: string;
}

/** A name of common attributes and plain values; undefined for any other, which the library reads or refuses. */
function plainAttributes(der: Uint8Array): NameAttribute[] | undefined {
  const outer = new Walker(der, 0, der.length);
  const list = outer.inside(outer.next(tags.sequence));
  const attributes: NameAttribute[] = [];
  while (!list.done) {
    const set = list.inside(list.next(tags.set));
    const attribute = set.inside(set.next(tags.sequence));
    const oid = attribute.next(tags.oid);
    const content = attribute.next();
    const type = common[Buffer.from(der.subarray(oid.start, oid.end)).toString('hex')];
    const value = Buffer.from(der.subarray(content.start, content.end)).toString('latin1');
    if (
      !set.done ||
      !attribute.done ||
      type === undefined ||
      !textTags.has(content.tag) ||
      !plain.test(value)
    )
      return undefined;
    attributes.push({ type, value });
  }
  return attributes;
}

/**
 * A name as text, such as `CN=press-1, O=Halden`.
 * @param der of the Name
 * @throws Error when it cannot be read
 */
export function nameText(der: Uint8Array): string {
  return (
    plainAttributes(der)
      ?.map(({ type, value }) => `${type}=${value}`)
      .join(', ') ?? new (x509().Name)(new Uint8Array(der)).toString()
  );
}

/**
 * A name by its parts, so that a comma within one never looks like the border between two.
 * @param der of the Name
 * @throws Error when it cannot be read
 */
export function nameAttributes(der: Uint8Array): NameAttribute[] {
  return (
    plainAttributes(der) ??
    new (x509().Name)(new Uint8Array(der))
      .toJSON()
      .flatMap((part) =>
        Object.entries(part).flatMap(([type, values]) => values.map((value) => ({ type, value }))),
      )
  );
}
