/** What comes in as text: JSON, and addresses. */
import { doubledKey } from '@muster/protocol';
import { HttpProblem } from '../http/problem.ts';

/**
 * PostgreSQL keeps no NUL in a text, and functions of SQLite end at one. No text of an operator needs it, so it is refused
 * here, for all databases and endpoints.
 */
function nulProblem(where: string): HttpProblem {
  return new HttpProblem('invalid-request', {
    detail: `The ${where} holds a NUL character (U+0000). Leave it out.`,
  });
}

/** Refuses an address that holds an escaped NUL. @throws HttpProblem */
export function checkAddress(url: string): void {
  if (url.includes('%00')) throw nulProblem('address');
}

/** No document that is asked for has a tenth of it. What is nested deeper cannot be written again: JSON.stringify calls itself. */
const deepest = 100;

function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true;
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? (Object.values(one) as unknown[]) : [],
    );
  }
  return false;
}

/** Reads a body; an empty one is null. @throws HttpProblem `malformed-json`, `invalid-request` */
export function readJson(text: string): unknown {
  if (text === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpProblem('malformed-json');
  }
  if (isTooDeep(value))
    throw new HttpProblem('invalid-request', {
      detail: `The body is nested deeper than ${deepest}. Send a flatter one.`,
    });
  const doubled = doubledKey(text);
  if (doubled !== undefined)
    throw new HttpProblem('invalid-request', {
      detail: `The key ${JSON.stringify(doubled)} stands twice in one object of the body. Write it once.`,
    });
  // An escape counts after an even number of backslashes only; JSON lets no NUL in unescaped (RFC 8259 section 7).
  if (text.includes('\\u0000') && /(?:^|[^\\])(?:\\\\)*\\u0000/.test(text)) throw nulProblem('body');
  return value;
}
