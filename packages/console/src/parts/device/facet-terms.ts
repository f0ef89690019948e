/** What a click on a facet asks for: a term of the selector, or free text where a selector has no words for the value. */

const properties: Readonly<Record<string, (value: string) => string>> = {
  architecture: (value) => `/cpus[*]/architecture has-any (${value})`,
  runtime: (value) => `/supportedRuntimes has-any (${value})`,
  deploymentType: (value) => `/supportedDeploymentTypes has-any (${value})`,
  peripheral: (value) => `/peripherals[*]/type has-any (${value})`,
};

const isOf = (key: string, value: string): string =>
  /[=<>]/.test(value) ? `${key} in (${value})` : `${key}=${value}`;

/** In a list of values a comma ends one, and white space around it is not part of it. */
const hasWords = (value: string): boolean => value !== '' && value.trim() === value && !/[(),]/.test(value);

type Narrowing = { readonly selector: string } | { readonly text: string };

/** @returns null where neither can say it */
export function narrowingBy(facet: string, value: string): Narrowing | null {
  if (facet === 'label') {
    const at = value.indexOf('=');
    const held = value.slice(at + 1);
    return hasWords(held) ? { selector: isOf(value.slice(0, at), held) } : { text: value };
  }
  if (facet === 'vendor') {
    if (hasWords(value)) return { selector: isOf('/vendor', value) };
    return value.trim() === '' ? null : { text: value.slice(0, 200) };
  }
  const term = properties[facet];
  if (term === undefined || !hasWords(value) || value === 'unnamed') return null;
  return { selector: term(value) };
}

/** The terms of a selector: commas within brackets part values, not terms. */
export function termsOf(selector: string): string[] {
  return selector
    .split(/,(?![^()]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

/** The selector with a term, or without it when it had it. */
export function toggled(selector: string, term: string): string {
  const terms = termsOf(selector);
  const others = terms.filter((one) => one !== term);
  return (others.length < terms.length ? others : [...terms, term]).join(', ');
}
