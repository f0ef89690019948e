/**
 * A strict reader for the two signature fields (a subset of RFC 8941: dictionaries of inner lists and of byte
 * sequences). Ours, because libraries keep the last of duplicate keys silently, as RFC 8941 asks of a general parser,
 * and a verifier must refuse duplicates.
 */
import { SignatureError } from './errors.ts';

export type BareItem =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'integer' | 'decimal'; readonly value: number }
  | { readonly kind: 'token'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'boolean'; readonly value: boolean };

export type Parameters = ReadonlyMap<string, BareItem>;

/** One covered component: its name, its parameters, and its spelling. */
export interface ComponentItem {
  readonly name: string;
  readonly parameters: Parameters;
  readonly raw: string;
}

/** One member of Signature-Input, with the exact text that becomes `@signature-params`. */
interface SignatureInputMember {
  readonly label: string;
  readonly components: readonly ComponentItem[];
  readonly parameters: Parameters;
  readonly raw: string;
}

/** Bounds: far above any honest use, far below what costs time (RFC 9421 section 7.5.6). */
export const limits = { fieldLength: 16_384, labels: 8, components: 16, parameters: 12 } as const;

function malformed(what: string, at: number): SignatureError {
  return new SignatureError(
    'signature-malformed',
    `The signature fields cannot be read: ${what} at character ${at}.`,
    {
      seen: what,
      expected: 'a structured-field dictionary (RFC 8941 section 3.2)',
      nextStep: 'Send Signature-Input and Signature as RFC 9421 section 4 writes them.',
    },
  );
}

function tooMany(what: string, limit: number): SignatureError {
  return new SignatureError('limits-exceeded', `Too much in the signature fields: ${what}.`, {
    seen: `more than ${limit}`,
    expected: `at most ${limit}`,
    nextStep: 'Send one signature over the few components that the verifier asks for.',
  });
}

/** Sticky, so that each reads where the reader stands; kept, because a literal in a method is made anew at each call. */
const grammar = {
  key: /[a-z*][a-z0-9_\-.*]*/y,
  plain: /[ !#-[\]-~]+/y,
  bytes: /:[A-Za-z0-9+/]*={0,2}:/y,
  boolean: /\?[01]/y,
  number: /-?[0-9]+(?:\.[0-9]*)?/y,
  token: /[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*/y,
} as const;

/** @internal Splits on code units; the input is bounded and ASCII-checked first. */
class Reader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    if (text.length > limits.fieldLength) throw tooMany('field length', limits.fieldLength);
    const strange = text.search(/[^\t -~]/);
    if (strange >= 0) throw malformed('a character outside printable ASCII', strange);
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  peek(): string {
    return this.text.charAt(this.at);
  }

  take(char: string): boolean {
    if (this.peek() !== char) return false;
    this.at++;
    return true;
  }

  expect(char: string): void {
    if (!this.take(char)) throw malformed(`'${char}' missing`, this.at);
  }

  skipSpaces(): void {
    while (this.peek() === ' ') this.at++;
  }

  skipBlanks(): void {
    while (this.peek() === ' ' || this.peek() === '\t') this.at++;
  }

  match(pattern: RegExp): string | undefined {
    const from = this.at;
    pattern.lastIndex = from;
    if (!pattern.test(this.text)) return undefined;
    this.at = pattern.lastIndex;
    return this.text.slice(from, this.at);
  }

  key(): string {
    const key = this.match(grammar.key);
    if (key === undefined) throw malformed('a key missing', this.at);
    return key;
  }

  string(): string {
    this.expect('"');
    let value = '';
    for (;;) {
      const plain = this.match(grammar.plain);
      if (plain !== undefined) value += plain;
      if (this.take('"')) return value;
      if (!this.take('\\')) throw malformed('an unfinished string', this.at);
      const escaped = this.peek();
      if (escaped !== '"' && escaped !== '\\') throw malformed('a bad escape', this.at);
      value += escaped;
      this.at++;
    }
  }

  bytes(): Uint8Array {
    const text = this.match(grammar.bytes);
    if (text === undefined) throw malformed('a byte sequence missing', this.at);
    const inner = text.slice(1, -1);
    const value = Buffer.from(inner, 'base64');
    // Re-encoding refuses odd lengths, missing padding and stray bits: one signature, one spelling.
    if (value.toString('base64') !== inner) throw malformed('base64 that is not canonical', this.at);
    return value;
  }

  bareItem(): BareItem {
    const c = this.peek();
    if (c === '"') return { kind: 'string', value: this.string() };
    if (c === ':') return { kind: 'bytes', value: this.bytes() };
    if (c === '?') {
      const flag = this.match(grammar.boolean);
      if (flag === undefined) throw malformed('a bad boolean', this.at);
      return { kind: 'boolean', value: flag === '?1' };
    }
    const number = this.match(grammar.number);
    if (number !== undefined) {
      const [whole = '', fraction] = number.replace('-', '').split('.');
      if (fraction === undefined) {
        if (whole.length > 15) throw malformed('an integer of more than 15 digits', this.at);
        return { kind: 'integer', value: Number(number) };
      }
      if (whole.length > 12 || fraction.length < 1 || fraction.length > 3)
        throw malformed('a bad decimal', this.at);
      return { kind: 'decimal', value: Number(number) };
    }
    const token = this.match(grammar.token);
    if (token === undefined) throw malformed('a value missing', this.at);
    return { kind: 'token', value: token };
  }

  parameters(): Map<string, BareItem> {
    const found = new Map<string, BareItem>();
    while (this.take(';')) {
      this.skipSpaces();
      const key = this.key();
      if (found.has(key)) throw malformed(`the parameter ${key} twice`, this.at);
      if (found.size >= limits.parameters) throw tooMany('parameters', limits.parameters);
      found.set(key, this.take('=') ? this.bareItem() : { kind: 'boolean', value: true });
    }
    return found;
  }

  innerList(): ComponentItem[] {
    const items: ComponentItem[] = [];
    this.expect('(');
    for (;;) {
      this.skipSpaces();
      if (this.take(')')) return items;
      if (items.length >= limits.components) throw tooMany('covered components', limits.components);
      const start = this.at;
      const name = this.string();
      const parameters = this.parameters();
      items.push({ name, parameters, raw: this.text.slice(start, this.at) });
      if (this.peek() !== ' ' && this.peek() !== ')')
        throw malformed('a space missing between components', this.at);
    }
  }

  /** Walks the members of a dictionary; `read` consumes what follows `label=`. */
  dictionary<T>(read: (label: string) => T): Map<string, T> {
    const members = new Map<string, T>();
    this.skipSpaces();
    while (!this.done) {
      const label = this.key();
      if (members.has(label)) {
        throw new SignatureError('duplicate-label', `The label ${label} stands twice in one field.`, {
          seen: label,
          expected: 'each label once',
          nextStep: 'Send every signature under a label of its own.',
        });
      }
      if (members.size >= limits.labels) throw tooMany('signature labels', limits.labels);
      this.expect('=');
      members.set(label, read(label));
      this.skipBlanks();
      if (this.done) break;
      this.expect(',');
      this.skipBlanks();
      if (this.done) throw malformed('a trailing comma', this.at);
    }
    return members;
  }
}

/**
 * Reads a combined Signature-Input field value.
 * @throws SignatureError `signature-malformed`, `duplicate-label`, `limits-exceeded` (RFC 9421 section 4.1)
 */
export function readSignatureInput(value: string): Map<string, SignatureInputMember> {
  const reader = new Reader(value);
  return reader.dictionary((label) => {
    const start = reader.at;
    const components = reader.innerList();
    const parameters = reader.parameters();
    return { label, components, parameters, raw: value.slice(start, reader.at) };
  });
}

/**
 * Reads a combined Signature field value: label to signature bytes.
 * @throws SignatureError as {@link readSignatureInput} (RFC 9421 section 4.2)
 */
export function readSignatures(value: string): Map<string, Uint8Array> {
  const reader = new Reader(value);
  return reader.dictionary(() => {
    const bytes = reader.bytes();
    reader.parameters();
    return bytes;
  });
}

/**
 * Reads one component identifier as a caller writes it: `@method` or `"@query-param";name="x"`.
 * @throws SignatureError `signature-malformed`
 */
export function readComponent(identifier: string): ComponentItem {
  // A bare name, which is what nearly every signature covers, needs no reader.
  if (/^@?[a-z0-9-]+$/.test(identifier))
    return { name: identifier, parameters: new Map(), raw: `"${identifier}"` };
  const text = identifier.startsWith('"') ? identifier : `"${identifier}"`;
  const item = new Reader(`(${text})`).innerList()[0];
  if (item === undefined || item.raw !== text) throw malformed('a component identifier missing', 0);
  return item;
}

/** Reads a dictionary of byte sequences that tolerates members of other kinds (RFC 9530 section 2). */
export function readByteDictionary(value: string): Map<string, Uint8Array | undefined> {
  const reader = new Reader(value);
  return reader.dictionary(() => {
    const item = reader.bareItem();
    reader.parameters();
    return item.kind === 'bytes' ? item.value : undefined;
  });
}

/** Writes an sf-string (RFC 8941 section 4.1.6). @throws SignatureError when a character cannot be written */
export function writeString(value: string): string {
  if (!/^[ -~]*$/.test(value)) throw malformed('a string with characters outside printable ASCII', 0);
  return `"${value.replace(/[\\"]/g, '\\$&')}"`;
}
