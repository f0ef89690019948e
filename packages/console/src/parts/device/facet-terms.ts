/** What a click on a facet asks for: a term of the selector. */

const properties: Readonly<Record<string, string>> = {
  architecture: '/cpus[*]/architecture',
  runtime: '/supportedRuntimes',
  deploymentType: '/supportedDeploymentTypes',
  peripheral: '/peripherals[*]/type',
};

/** A value as a selector holds it: in double quotes where a character would end it. */
const written = (value: string): string =>
  /^[^\s,()=<>"\\](?:[^,()=<>"\\]*[^\s,()=<>"\\])?$/.test(value)
    ? value
    : `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/** @returns null where a selector does not know what is counted */
export function termOf(facet: string, value: string): string | null {
  if (facet === 'vendor') return `/vendor=${written(value)}`;
  if (facet === 'label') {
    const at = value.indexOf('=');
    return `${value.slice(0, at)}=${written(value.slice(at + 1))}`;
  }
  const property = properties[facet];
  const isNamed = facet !== 'architecture' || value !== 'unnamed';
  return property !== undefined && isNamed ? `${property} has-any (${written(value)})` : null;
}

/** The terms of a selector: commas within brackets and quotes part none. */
export function termsOf(selector: string): string[] {
  const terms: string[] = [];
  let term = '';
  let depth = 0;
  for (let i = 0; i < selector.length; i++) {
    const c = selector[i] ?? '';
    const isValue = c === '"' && /[=<>(,]$/.test(term.trimEnd());
    const quoted = isValue ? /^"(?:[^"\\]|\\[^])*"/.exec(selector.slice(i))?.[0] : undefined;
    if (c === ',' && depth === 0) {
      terms.push(term.trim());
      term = '';
      continue;
    }
    if (c === '(') depth++;
    if (c === ')') depth--;
    term += quoted ?? c;
    i += (quoted?.length ?? 1) - 1;
  }
  return [...terms, term.trim()].filter((one) => one !== '');
}

/** The selector with a term, or without it when it had it. */
export function toggled(selector: string, term: string): string {
  const terms = termsOf(selector);
  const others = terms.filter((one) => one !== term);
  return (others.length < terms.length ? others : [...terms, term]).join(', ');
}
