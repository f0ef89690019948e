/**
 * Selectors as people type them, comma-separated:
 * `site=plant7, line in (1, 2), !retired, gpu, /vendor!=ACME, /memory>4Gi, /peripherals[*]/type has-any (camera)`.
 * A key that begins with a slash is a property (JSON Pointer), any other is a label.
 */
import { magnitudeOf, type MatchExpression, ProtocolError, type SelectorOperator } from '@muster/protocol';

const words: Readonly<Record<string, SelectorOperator>> = {
  in: 'In',
  notin: 'NotIn',
  'has-all': 'ContainsAll',
  'has-any': 'ContainsAny',
};
const mostExpressions = 32;
/** RFC 6901: a tilde is written ~0, a slash within a name ~1. */
const pointer = /^(?:\/(?:[^~/]|~[01])*)+$/;

function refuse(part: string, message: string): ProtocolError {
  return new ProtocolError(
    'invalid-request',
    `The selector is wrong at ${JSON.stringify(part.slice(0, 80))}: ${message}.`,
    [{ field: 'selector', message }],
    'Write it like: site=plant7, line in (1, 2), /memory>4Gi',
  );
}

function expression(part: string): MatchExpression {
  const make = (key: string, operator: SelectorOperator, values: readonly string[]): MatchExpression => {
    const [base = '', item] = key.split('[*]');
    const on = base.startsWith('/') ? 'property' : 'label';
    if (!/^[^\s,()=<>!]+$/.test(base)) throw refuse(part, 'a key is expected');
    if (on === 'property' && !pointer.test(base)) throw refuse(part, 'a JSON Pointer is expected');
    if (item !== undefined && item !== '' && !pointer.test(item))
      throw refuse(part, 'after [*] a JSON Pointer such as /type is expected');
    if (item !== undefined && operator !== 'ContainsAll' && operator !== 'ContainsAny')
      throw refuse(part, '[*] goes with has-all and has-any only');
    if (values.some((value) => value === '')) throw refuse(part, 'a value is missing');
    return {
      on,
      key: base,
      operator,
      values,
      ...(item === undefined || item === '' ? {} : { itemSelector: item }),
    };
  };
  const listed = /^(\S+)\s+(in|notin|has-all|has-any)\s*\(([^()]*)\)$/.exec(part);
  if (listed !== null) {
    const [, key = '', word = '', values = ''] = listed;
    return make(
      key,
      words[word] ?? 'In',
      values.split(',').map((value) => value.trim()),
    );
  }
  const compared = /^([^\s=!<>()]+)\s*(!=|==|=|>|<)\s*([^=<>()]+)$/.exec(part);
  if (compared !== null) {
    const [, key = '', sign = '', value = ''] = compared;
    if ((sign === '>' || sign === '<') && magnitudeOf(value.trim()) === undefined)
      throw refuse(part, `after ${sign} a number or a size such as 4Gi is expected`);
    const operator = sign === '>' ? 'Gt' : sign === '<' ? 'Lt' : sign === '!=' ? 'NotIn' : 'In';
    return make(key, operator, [value.trim()]);
  }
  if (part.startsWith('!')) return make(part.slice(1).trim(), 'DoesNotExist', []);
  if (/[=<>]$/.test(part)) throw refuse(part, 'a value is missing');
  if (/^\S+$/.test(part)) return make(part, 'Exists', []);
  throw refuse(part, 'no expression is recognised');
}

/** @throws ProtocolError `invalid-request` */
export function parseSelector(text: string): MatchExpression[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const c of text) {
    if (c === '(') depth++;
    if (c === ')') depth--;
    if (c === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += c;
  }
  parts.push(part);
  if (depth !== 0) throw refuse(text, 'a bracket is not closed');
  const given = parts.map((one) => one.trim()).filter((one) => one !== '');
  if (given.length > mostExpressions) throw refuse(text, `at most ${mostExpressions} expressions are taken`);
  return given.map(expression);
}
