/** The name of a key in a token: a `pkcs11:` URI (RFC 7512), read strictly. */
import { TokenError } from '../errors.ts';

export interface KeyUri {
  /** Path of the PKCS #11 module. */
  readonly modulePath: string;
  readonly token?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serial?: string;
  readonly slotId?: number;
  /** Label of the key (CKA_LABEL). */
  readonly object?: string;
  /** Lower-case hex of CKA_ID. */
  readonly id?: string;
  /** File that holds the PIN. */
  readonly pinFile?: string;
}

const mostCharacters = 1_024;
const pathNames = ['token', 'manufacturer', 'model', 'serial', 'slot-id', 'object', 'id', 'type'];
const queryNames = ['module-path', 'pin-source'];
const example = 'pkcs11:token=plant;object=muster?module-path=/usr/lib/softhsm/libsofthsm2.so';

function wrong(message: string, seen: string, nextStep = `Write it as ${example}`): TokenError {
  return new TokenError('uri', message, { seen: seen.slice(0, 100), expected: 'a pkcs11: URI', nextStep });
}

/** @returns the bytes of a percent-encoded value */
function decode(name: string, value: string): Buffer {
  const text = /^(?:[A-Za-z0-9\-._~:[\]@!$'()*+,=/&]|%[0-9A-Fa-f]{2})+$/;
  if (!text.test(value)) throw wrong(`The value of ${name} in the key's URI cannot be read.`, value);
  const bytes = value.replace(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}

function pairsOf(part: string, separator: string, known: readonly string[]): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const pair of part === '' ? [] : part.split(separator)) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(at, 0));
    if (name === 'pin-value')
      throw new TokenError('uri', 'A PIN does not belong into the URI of a key.', {
        seen: 'pin-value',
        expected: 'pin-source=file:PATH, or MUSTER_PKCS11_PIN_FILE',
        nextStep: 'Put the PIN into a file of mode 600: arguments are seen by everybody on this machine.',
      });
    if (!known.includes(name))
      throw wrong(`The key's URI has an attribute that is not known here.`, pair.slice(0, 40));
    if (found.has(name)) throw wrong(`The key's URI has ${name} twice.`, name);
    found.set(name, decode(name, pair.slice(at + 1)));
  }
  return found;
}

function printable(name: string, bytes: Buffer | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes) && !/[\u0000-\u001f\u007f]/.test(text)) return text;
  throw wrong(`The value of ${name} in the key's URI is no text.`, bytes.toString('hex'));
}

function absolutePath(name: string, text: string): string {
  if (text.startsWith('/')) return text;
  throw wrong(`${name} in the key's URI must be an absolute path.`, text);
}

/**
 * Reads the URI of a key. It must name the module and the key, by `object` or `id`; `slot-id`, `serial` and the like
 * narrow down the token.
 * @param text at most 1024 characters
 * @throws TokenError `uri`
 */
export function parseKeyUri(text: string): KeyUri {
  if (text.length > mostCharacters) throw wrong("The key's URI is too long.", `${text.length} characters`);
  if (!text.startsWith('pkcs11:')) throw wrong('This is no URI of a key.', text);
  const [path = '', query = '', ...rest] = text.slice('pkcs11:'.length).split('?');
  if (rest.length > 0) throw wrong("The key's URI has two question marks.", text);
  const attributes = pairsOf(path, ';', pathNames);
  const options = pairsOf(query, '&', queryNames);
  const at = (name: string): string | undefined => printable(name, attributes.get(name));
  const [object, id, slot] = [at('object'), attributes.get('id'), at('slot-id')];
  if (object === undefined && id === undefined)
    throw wrong("The key's URI does not say which key.", text, 'Add object=LABEL or id=%01.');
  if (!['private', undefined].includes(at('type')))
    throw wrong("The key's URI is not that of a private key.", text, 'Leave type out, or say type=private.');
  if (slot !== undefined && !/^\d{1,9}$/.test(slot)) throw wrong('slot-id must be a number.', slot);
  const modulePath = printable('module-path', options.get('module-path'));
  if (modulePath === undefined)
    throw wrong("The key's URI names no module.", text, 'Add ?module-path=/path/of/the/module.so');
  const source = printable('pin-source', options.get('pin-source'));
  // A command (RFC 7512 section 2.4) would run whatever a state file says.
  if (source?.startsWith('|') === true) throw wrong('pin-source must be a file, not a command.', source);
  const pinFile = source?.replace(/^file:(?:\/\/(?=\/))?/, '');
  const one = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> =>
    value === undefined ? {} : ({ [key]: value } as Record<K, string>);
  return {
    modulePath: absolutePath('module-path', modulePath),
    ...one('token', at('token')),
    ...one('manufacturer', at('manufacturer')),
    ...one('model', at('model')),
    ...one('serial', at('serial')),
    ...(slot === undefined ? {} : { slotId: Number(slot) }),
    ...one('object', object),
    ...one('id', id?.toString('hex')),
    ...one('pinFile', pinFile === undefined ? undefined : absolutePath('pin-source', pinFile)),
  };
}

const escape = (text: string): string =>
  [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const c = String.fromCharCode(byte);
      return /[A-Za-z0-9\-._~/:]/.test(c) ? c : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');

/** The URI of a key, as {@link parseKeyUri} reads it. */
export function formatKeyUri(uri: KeyUri): string {
  const { token, manufacturer, model, serial, slotId, object, id, modulePath, pinFile } = uri;
  const path = Object.entries({ token, manufacturer, model, serial, 'slot-id': slotId, object })
    .filter((pair) => pair[1] !== undefined)
    .map(([name, value]) => `${name}=${escape(String(value))}`);
  if (id !== undefined) path.push(`id=${id.replace(/../g, '%$&')}`);
  const query = [`module-path=${escape(modulePath)}`];
  if (pinFile !== undefined) query.push(`pin-source=file:${escape(pinFile)}`);
  return `pkcs11:${path.join(';')}?${query.join('&')}`;
}
