/**
 * Selectors as people type them, comma-separated:
 * `site=plant7, line in (1, 2), !retired, gpu, /vendor!=ACME, /memory>4Gi, /peripherals[*]/type has-any (camera)`.
 * A key that begins with a slash is a property (JSON Pointer), any other is a label. A value that holds `, ( ) = < >`, or nothing at all,
 * stands in double quotes: `/vendor="Brennwald, Inc. (EU)"`; in them a backslash takes the next character as it is.
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

const shape =
  'a key, or a key, one of = != > < in notin has-any has-all, and a value are expected; a value with , ( ) = < > stands in double quotes';

/** One expression; in `part` each quoted value is its number between two NULs. */
function expression({ part, source, quoted }: Part): MatchExpression {
  const refusal = (message: string): ProtocolError => refuse(source.trim(), message);
  const valueOf = (written: string): string => {
    const text = written.trim();
    if (text === '') throw refusal('a value is missing');
    const number = /^\0(\d+)\0$/.exec(text)?.[1];
    if (number === undefined && text.includes('\0'))
      throw refusal('a quoted value is followed by a comma or a bracket');
    return number === undefined ? text : (quoted[Number(number)] ?? '');
  };
  const make = (key: string, operator: SelectorOperator, values: readonly string[]): MatchExpression => {
    const [base = '', item] = key.split('[*]');
    const on = base.startsWith('/') ? 'property' : 'label';
    if (/^(?:$|[=<>!])/.test(base)) throw refusal('a key is expected');
    if (!/^[^\s,()=<>!\0]+$/.test(base)) throw refusal(shape);
    if (on === 'property' && !pointer.test(base))
      throw refusal('a JSON Pointer (~0 for ~, ~1 for / in a name) is expected');
    if (item !== undefined && item !== '' && !pointer.test(item))
      throw refusal('after [*] a JSON Pointer such as /type is expected');
    if (item !== undefined && operator !== 'ContainsAll' && operator !== 'ContainsAny')
      throw refusal('[*] goes with has-all and has-any only');
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
    return make(key, words[word] ?? 'In', values.split(',').map(valueOf));
  }
  const compared = /^([^\s=!<>()]+)\s*(!=|==|=|>|<)\s*([^=<>()]+)$/.exec(part);
  if (compared !== null) {
    const [, key = '', sign = '', written = ''] = compared;
    const value = valueOf(written);
    if ((sign === '>' || sign === '<') && magnitudeOf(value) === undefined)
      throw refusal(`after ${sign} a number or a size such as 4Gi is expected`);
    const operator = sign === '>' ? 'Gt' : sign === '<' ? 'Lt' : sign === '!=' ? 'NotIn' : 'In';
    return make(key, operator, [value]);
  }
  if (part.startsWith('!')) return make(part.slice(1).trim(), 'DoesNotExist', []);
  if (/[=<>]$/.test(part)) throw refusal('a value is missing');
  if (/^\S+$/.test(part)) return make(part, 'Exists', []);
  throw refusal(shape);
}

/** What stands between two commas. */
interface Part {
  readonly part: string;
  readonly source: string;
  readonly quoted: readonly string[];
}

/** The expressions of a selector, with what is quoted taken out, so that no comma or bracket in it counts. */
function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  const quoted: string[] = [];
  let depth = 0;
  let part = '';
  let begin = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    // Within a value a quote is one of its characters: 27" is a size of displays.
    if (c === '"' && /[=<>(,]$/.test(part.trimEnd())) {
      const [whole, inner = ''] = /"((?:[^"\\]|\\[^])*)"/y.exec(text.slice(i)) ?? [];
      if (whole === undefined) throw refuse(text.slice(i), 'a quote is not closed');
      part += `\0${quoted.length}\0`;
      quoted.push(inner.replaceAll(/\\([^])/g, '$1'));
      i += whole.length - 1;
      continue;
    }
    if (c === '(') depth++;
    if (c === ')') depth--;
    if (c === ',' && depth === 0) {
      parts.push({ part: part.trim(), source: text.slice(begin, i), quoted });
      part = '';
      begin = i + 1;
    } else part += c;
  }
  parts.push({ part: part.trim(), source: text.slice(begin), quoted });
  if (depth !== 0) throw refuse(text, 'a bracket is not closed');
  return parts;
}

/** @throws ProtocolError `invalid-request` */
export function parseSelector(text: string): MatchExpression[] {
  if (text.includes('\0')) throw refuse(text, 'a NUL character (U+0000) is in no key and no value');
  const given = partsOf(text).filter(({ part }) => part !== '');
  if (given.length > mostExpressions) throw refuse(text, `at most ${mostExpressions} expressions are taken`);
  return given.map(expression);
}
