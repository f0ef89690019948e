/** The absolute URI that a client signed, rebuilt from the configured origins and the raw request target. */
import ipaddr from 'ipaddr.js';
import { HttpProblem } from './problem.ts';

export interface PublicOrigin {
  /** `https://host[:port]`, default port left out. */
  readonly origin: string;
  readonly authority: string;
  /** Empty, or `/prefix` without a slash at its end. */
  readonly prefix: string;
}

/** Reads a public URL of the configuration. */
export function publicOrigin(url: string): PublicOrigin {
  const parsed = new URL(url);
  return { origin: parsed.origin, authority: parsed.host, prefix: parsed.pathname.replace(/\/+$/, '') };
}

/** Refuses request targets and headers that could be read in two ways. */
export function checkRawRequest(url: string, rawHeaders: readonly string[]): void {
  if (!url.startsWith('/') || url.includes('#')) {
    throw new HttpProblem('invalid-request', {
      detail: 'The request target must be a path without a fragment.',
    });
  }
  const once = new Set([
    'host',
    'signature',
    'signature-input',
    'content-digest',
    'content-length',
    'content-type',
  ]);
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    if (!once.has(name)) continue;
    if (seen.has(name))
      throw new HttpProblem('invalid-request', { detail: `The header field ${name} stands twice.` });
    seen.add(name);
  }
}

function isTrusted(address: string, proxies: readonly string[]): boolean {
  if (proxies.length === 0 || !ipaddr.isValid(address)) return false;
  const peer = ipaddr.process(address);
  return proxies.some((proxy) => {
    const [range, bits] = proxy.includes('/')
      ? ipaddr.parseCIDR(proxy)
      : ([ipaddr.process(proxy), undefined] as const);
    if (range.kind() !== peer.kind()) return false;
    return bits === undefined ? range.toString() === peer.toString() : peer.match(range, bits);
  });
}

function forwardedHost(header: (name: string) => string | undefined): string | undefined {
  const forwarded = /(?:^|[;,\s])host="?([^";,\s]+)"?/i.exec(header('forwarded') ?? '')?.[1];
  return forwarded ?? header('x-forwarded-host')?.split(',')[0]?.trim();
}

/**
 * The URIs that the client may have signed, most likely first.
 *
 * Forwarded headers are believed from listed proxies only, and only to choose among configured origins: a header never
 * becomes part of what was signed. Without configured origins it is https and the Host header.
 */
export function targetCandidates(o: {
  url: string;
  header: (name: string) => string | undefined;
  peer: string;
  origins: readonly PublicOrigin[];
  trustedProxies: readonly string[];
}): string[] {
  const host = o.header('host') ?? '';
  if (o.origins.length === 0) return [`https://${host}${o.url}`];
  const hint = (isTrusted(o.peer, o.trustedProxies) ? forwardedHost(o.header) : undefined) ?? host;
  const rank = (origin: PublicOrigin): number => (origin.authority === hint.toLowerCase() ? 0 : 1);
  return [...o.origins]
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, 4)
    .map(({ origin, prefix }) =>
      prefix === '' || o.url.startsWith(`${prefix}/`) ? origin + o.url : origin + prefix + o.url,
    );
}
