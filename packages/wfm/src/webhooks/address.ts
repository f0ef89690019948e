/** Whether this WFM may send to an address. Only administrators name addresses; what they must not do by mistake is refused. */

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);

/** @returns the address in its normal form, or what is wrong with it */
export function readAddress(text: string): { readonly url: string } | { readonly problem: string } {
  if (!URL.canParse(text)) return { problem: 'must be an absolute URL such as https://erp.example/muster' };
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    return { problem: 'must be https; http is for this machine only (localhost)' };
  if (url.username !== '' || url.password !== '')
    return { problem: 'must hold no user or password; receivers know the WFM by its signature' };
  if (text.includes('#')) return { problem: 'must have no fragment' };
  return { url: url.href };
}
