/** JSON as this contract takes it: valid UTF-8, bounded depth, no duplicate keys (JSON.parse keeps the last silently). */
import { ProtocolError } from './errors.ts';

const maximumDepth = 32;

function malformed(message: string, field = ''): ProtocolError {
  return new ProtocolError(
    'malformed-json',
    message,
    [{ field, message }],
    'Send one JSON object in UTF-8 (RFC 8259).',
  );
}

/** Where a string ends: at a quote after an even number of backslashes. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); ; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (before > from && text[before - 1] === '\\') before--;
    if ((at - before) % 2 === 0) return at;
  }
}

/**
 * The first key that stands twice in one object of a text that JSON.parse has already accepted, so only structure needs
 * watching. JSON.parse keeps the last silently.
 */
export function doubledKey(text: string): string | undefined {
  const stack: Array<Set<string> | null> = [];
  let i = 0;
  let expectKey = false;
  while (i < text.length) {
    const c = text[i];
    if (c === '"') {
      const end = closingQuote(text, i + 1);
      const keys = stack.at(-1);
      if (expectKey && keys) {
        const raw = text.slice(i + 1, end);
        const key = raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw;
        if (keys.has(key)) return key.slice(0, 64);
        keys.add(key);
        expectKey = false;
      }
      i = end + 1;
      continue;
    }
    if (c === '{' || c === '[') {
      stack.push(c === '{' ? new Set() : null);
      expectKey = c === '{';
    } else if (c === '}' || c === ']') {
      stack.pop();
      expectKey = false;
    } else if (c === ',') {
      expectKey = stack.at(-1) instanceof Set;
    }
    i++;
  }
  return undefined;
}

/**
 * Parses JSON strictly.
 * @throws ProtocolError `malformed-json` for invalid UTF-8, bad syntax, duplicate keys, or nesting beyond 32
 */
export function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('The body is not valid UTF-8.');
  }
  let depth = 0;
  let inString = false;
  // Depth is bounded before JSON.parse, whose recursion a hostile body would otherwise exhaust.
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') {
      if (++depth > maximumDepth) throw malformed(`The document is nested deeper than ${maximumDepth}.`);
    } else if (c === '}' || c === ']') depth--;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('The body is not JSON.');
  }
  const doubled = doubledKey(text);
  if (doubled !== undefined) throw malformed(`The key ${doubled} stands twice in one object.`, doubled);
  return value;
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
