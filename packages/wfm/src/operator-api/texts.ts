/** What comes in as text: JSON, and addresses. */
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

/** Reads a body; an empty one is null. @throws HttpProblem `malformed-json`, `invalid-request` */
export function readJson(text: string): unknown {
  if (text === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpProblem('malformed-json');
  }
  // An escape counts after an even number of backslashes only; JSON lets no NUL in unescaped (RFC 8259 section 7).
  if (text.includes('\\u0000') && /(?:^|[^\\])(?:\\\\)*\\u0000/.test(text)) throw nulProblem('body');
  return value;
}
