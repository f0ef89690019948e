/**
 * Texts that questions are about: in the address as far as they are short, so that the question can be sent to a colleague; else
 * in this tab, with a key in the address.
 */

/** Of an address, in characters as they are written there: more is cut by what addresses pass through. */
const longestInAddress = 1_500;
/** A tab has room for 5 MiB; a text has at most 1 MiB. */
const mostKept = 3;
const prefix = 'muster.text.';

/** What an address says of a text. */
type TextAt = { readonly text: string } | { readonly kept: string };

/** Where a text stands from now on. */
export function placeOf(text: string): TextAt {
  if (encodeURIComponent(text).length <= longestInAddress) return { text };
  const kept = crypto.randomUUID().slice(0, 8);
  const before = Object.keys(sessionStorage).filter((name) => name.startsWith(prefix));
  const ages = before.sort((a, b) => ageOf(a) - ageOf(b));
  for (const old of ages.slice(0, Math.max(0, ages.length - mostKept + 1))) sessionStorage.removeItem(old);
  sessionStorage.setItem(prefix + kept, `${Date.now()}\n${text}`);
  return { kept };
}

const ageOf = (name: string): number => Number((sessionStorage.getItem(name) ?? '').split('\n', 1)[0]);

/** A kept text; null in another tab than its own. */
export function keptText(key: string): string | null {
  const value = sessionStorage.getItem(prefix + key);
  return value === null ? null : value.slice(value.indexOf('\n') + 1);
}

/** A text as a part of a query. @param name of the parameter */
export function addressOfText(name: string, text: string): string {
  const at = placeOf(text);
  return new URLSearchParams('text' in at ? { [name]: at.text } : { [`${name}-kept`]: at.kept }).toString();
}
