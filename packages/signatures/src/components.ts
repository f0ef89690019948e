/** The value of each covered component (RFC 9421 section 2). */
import { SignatureError } from './errors.ts';
import type { ComponentItem } from './structured-field.ts';
import type { FieldList, Message, RequestMessage } from './types.ts';

const requestDerived = new Set([
  '@method',
  '@target-uri',
  '@authority',
  '@scheme',
  '@request-target',
  '@path',
  '@query',
  '@query-param',
]);

function refuse(
  code: 'component-unknown' | 'component-parameter-unsupported' | 'component-missing' | 'field-value-invalid',
  component: string,
  why: string,
): SignatureError {
  return new SignatureError(code, `The covered component ${component} cannot be used: ${why}.`, {
    seen: component,
    expected: 'a component that this message has',
    nextStep: 'Cover only fields that are sent and derived components of RFC 9421 section 2.2.',
  });
}

function splitTarget(uri: string): {
  scheme: string;
  authority: string;
  path: string;
  query: string | undefined;
} {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?$/i.exec(uri);
  if (match === null) {
    throw refuse(
      'field-value-invalid',
      '"@target-uri"',
      'the target is not an absolute URI without a fragment',
    );
  }
  return { scheme: match[1] ?? '', authority: match[2] ?? '', path: match[3] ?? '', query: match[4] };
}

/** Lower case, default port left out (RFC 9421 section 2.2.3). */
function normalAuthority(scheme: string, authority: string): string {
  const lower = authority.toLowerCase();
  const port = scheme.toLowerCase() === 'https' ? ':443' : ':80';
  return lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}

/**
 * Re-encodes a decoded query value with the application/x-www-form-urlencoded percent-encode set of the URL standard: all but
 * letters, digits and `*-._` (RFC 9421 section 2.2.8).
 */
function encodeQueryValue(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()~]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function queryParameter(item: ComponentItem, query: string | undefined): string {
  const name = item.parameters.get('name');
  if (name?.kind !== 'string' || item.parameters.size !== 1) {
    throw refuse('component-parameter-unsupported', item.raw, '@query-param takes exactly a name parameter');
  }
  const values: string[] = [];
  for (const [key, value] of new URLSearchParams(query ?? '')) {
    if (encodeQueryValue(key) === name.value) values.push(value);
  }
  const only = values[0];
  if (only === undefined) throw refuse('component-missing', item.raw, 'the query has no such parameter');
  if (values.length > 1)
    throw refuse('field-value-invalid', item.raw, 'the parameter stands several times in the query');
  return encodeQueryValue(only);
}

function requestDerivedValue(item: ComponentItem, request: RequestMessage): string {
  if (item.name === '@method') return request.method;
  if (item.name === '@target-uri') return request.targetUri;
  const target = splitTarget(request.targetUri);
  switch (item.name) {
    case '@authority':
      return normalAuthority(target.scheme, target.authority);
    case '@scheme':
      return target.scheme.toLowerCase();
    case '@request-target':
      return (target.path === '' ? '/' : target.path) + (target.query ?? '');
    case '@path':
      return target.path === '' ? '/' : target.path;
    case '@query':
      return target.query ?? '?';
    default:
      return queryParameter(item, target.query);
  }
}

/** All values of one field, in order, trimmed; refuses what cannot stand in a signature base. */
function fieldValues(fields: FieldList, name: string, raw: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    if ((fields[i] ?? '').toLowerCase() !== name) continue;
    const value = fields[i + 1] ?? '';
    // A line break would let one field forge further lines of the base (RFC 9421 section 7.5.8).
    if (/[\r\n\0]/.test(value)) throw refuse('field-value-invalid', raw, 'the field holds a line break');
    if (/[^\t\x20-\x7e]/.test(value))
      throw refuse('field-value-invalid', raw, 'the field holds non-ASCII characters');
    values.push(value.replace(/^[ \t]+|[ \t]+$/g, ''));
  }
  if (values.length === 0) throw refuse('component-missing', raw, 'the message has no such field');
  return values;
}

function fieldValue(item: ComponentItem, message: Message): string {
  const name = item.name.toLowerCase();
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name))
    throw refuse('component-unknown', item.raw, 'it is no field name');
  const bs = item.parameters.has('bs');
  const fields = item.parameters.has('tr') ? (message.trailers ?? []) : message.fields;
  const values = fieldValues(fields, name, item.raw);
  if (bs) return values.map((v) => `:${Buffer.from(v, 'latin1').toString('base64')}:`).join(', ');
  return values.join(', ');
}

const fieldParameters = new Set(['bs', 'tr', 'req']);

/**
 * The value of one covered component.
 *
 * `sf` and `key` are refused: they ask the verifier to re-serialise a field, and a covered member of a dictionary says
 * nothing of its neighbours, which is how a covered `"content-digest";key="x"` once passed for `"content-digest"`.
 * @throws SignatureError naming the component (RFC 9421 sections 2.1 to 2.4)
 */
export function componentValue(item: ComponentItem, message: Message): string {
  for (const [key, value] of item.parameters) {
    if (item.name === '@query-param' && key === 'name') continue;
    if (!fieldParameters.has(key) || value.kind !== 'boolean' || !value.value) {
      throw refuse('component-parameter-unsupported', item.raw, `the parameter ${key} is not supported here`);
    }
  }
  let source: Message = message;
  let own = item;
  if (item.parameters.has('req')) {
    if (message.kind !== 'response' || message.request === undefined) {
      throw refuse(
        'component-parameter-unsupported',
        item.raw,
        'req needs a response whose request is at hand',
      );
    }
    source = message.request;
    const parameters = new Map(item.parameters);
    parameters.delete('req');
    own = { name: item.name, parameters, raw: item.raw };
  }
  if (!item.name.startsWith('@')) return fieldValue(own, source);
  if (own.parameters.size > 0 && item.name !== '@query-param') {
    throw refuse('component-parameter-unsupported', item.raw, 'derived components take no such parameter');
  }
  if (item.name === '@status' && source.kind === 'response') return String(source.status);
  if (source.kind !== 'request' || !requestDerived.has(item.name)) {
    throw refuse('component-unknown', item.raw, 'no such derived component for this message');
  }
  return requestDerivedValue(own, source);
}
