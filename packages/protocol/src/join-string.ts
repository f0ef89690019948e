/** The line an operator pastes on a device: where the WFM is and which CA vouches for it. */

/** What a join string carries. Pins are `sha256:<hex>` of CA certificates; the ticket is for later admission. */
export interface JoinString {
  readonly urls: readonly string[];
  readonly pins: readonly string[];
  readonly ticket?: string;
}

export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** A text that is no join string of this version. */
export class JoinStringError extends Error {
  override readonly name = 'JoinStringError';
  readonly code: 'not-a-join-string' | 'mistyped' | 'unsupported-version';
  readonly seen: string;
  readonly expected: string;
  readonly nextStep: string;

  constructor(
    code: 'not-a-join-string' | 'mistyped' | 'unsupported-version',
    message: string,
    seen: string,
    expected: string,
  ) {
    super(message);
    this.code = code;
    this.seen = seen;
    this.expected = expected;
    this.nextStep = 'Copy the whole line again from: muster wfm join-string';
  }
}

const prefix = 'muster1.';
const checksumLength = 4;

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
}

/**
 * Writes a join string: URLs and pins in a compact form, then four bytes of checksum.
 * @param sha256 the hash, handed in so that this room needs no crypto of its own
 */
export function encodeJoinString(j: JoinString, sha256: Sha256): string {
  const text = new TextEncoder().encode([j.urls.join(' '), j.ticket ?? ''].join('\n'));
  const pins = j.pins.map((pin) =>
    Uint8Array.from(pin.slice('sha256:'.length).match(/../g) ?? [], (h) => Number.parseInt(h, 16)),
  );
  const payload = new Uint8Array(1 + pins.length * 32 + text.length);
  payload[0] = pins.length;
  pins.forEach((pin, i) => payload.set(pin, 1 + i * 32));
  payload.set(text, 1 + pins.length * 32);
  const whole = new Uint8Array(payload.length + checksumLength);
  whole.set(payload);
  whole.set(sha256(payload).subarray(0, checksumLength), payload.length);
  return prefix + toBase64Url(whole);
}

/**
 * Reads a join string; blanks and line breaks from pasting do not matter.
 * @throws JoinStringError `not-a-join-string`, `unsupported-version`, `mistyped`
 */
export function decodeJoinString(text: string, sha256: Sha256): JoinString {
  const compact = text.replace(/\s+/g, '');
  const seen = `${compact.slice(0, 12)}… (${compact.length} characters)`;
  const mistyped = (): JoinStringError =>
    new JoinStringError(
      'mistyped',
      'The join string is damaged: its checksum does not fit.',
      seen,
      'the line as it was printed',
    );
  if (!compact.startsWith(prefix)) {
    if (/^muster[0-9]+\./.test(compact)) {
      throw new JoinStringError(
        'unsupported-version',
        'This join string is of a version that is not known here.',
        seen,
        prefix,
      );
    }
    throw new JoinStringError(
      'not-a-join-string',
      'This is no join string.',
      seen,
      `a line that begins with ${prefix}`,
    );
  }
  const body = compact.slice(prefix.length);
  if (body.length > 8192 || !/^[A-Za-z0-9_-]+$/.test(body) || body.length % 4 === 1) throw mistyped();
  const whole = fromBase64Url(body);
  if (whole.length < 1 + checksumLength || toBase64Url(whole) !== body) throw mistyped();
  const payload = whole.subarray(0, whole.length - checksumLength);
  const sum = sha256(payload).subarray(0, checksumLength);
  if (!sum.every((byte, i) => byte === whole[payload.length + i])) throw mistyped();
  const count = payload[0] ?? 0;
  if (payload.length < 1 + count * 32) throw mistyped();
  const pins = Array.from({ length: count }, (_, i) => {
    const bytes = payload.subarray(1 + i * 32, 33 + i * 32);
    return `sha256:${Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')}`;
  });
  const [urls = '', ticket = ''] = new TextDecoder().decode(payload.subarray(1 + count * 32)).split('\n');
  return { urls: urls.split(' ').filter((u) => u !== ''), pins, ...(ticket === '' ? {} : { ticket }) };
}
