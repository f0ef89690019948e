/** What authentication needs of its surroundings, and of one request. */
import type { FastifyRequest } from 'fastify';
import { type PublicOrigin, targetCandidates } from '../http/target.ts';
import type { History } from '../fleet/continuity.ts';
import type { Store } from '../store/ports.ts';
import type { KeyCache } from './key-cache.ts';
import type { Once } from './once.ts';

export interface AuthenticationContext {
  readonly store: Store;
  readonly keys: KeyCache;
  readonly origins: readonly PublicOrigin[];
  readonly trustedProxies: readonly string[];
  readonly maxAgeSeconds: number;
  readonly maxSkewSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** One request as its bytes came. */
export interface ReceivedRequest {
  readonly method: string;
  readonly fields: readonly string[];
  readonly body: Uint8Array;
  readonly targets: readonly string[];
  readonly remoteAddress: string;
}

/** Who signed a request. Nothing behind authentication knows about signatures. */
export interface Principal {
  readonly clientId: string;
  readonly spkiSha256: string;
  /** Whoever writes on behalf of the request claims it before, or with it. */
  readonly once: Once;
  readonly history: History;
  /** When the last continuity proof was given out. */
  readonly historyAt: number;
  readonly caPins: string | null;
  /** Where an operator has sent it, as JSON. */
  readonly rebind: string | null;
}

/** Gathers the raw facts of a request. */
export function receivedRequest(context: AuthenticationContext, request: FastifyRequest): ReceivedRequest {
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  const peer = request.raw.socket.remoteAddress ?? '';
  return {
    method: request.raw.method ?? '',
    fields: request.raw.rawHeaders,
    body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
    targets: targetCandidates({
      url: request.raw.url ?? '',
      header,
      peer,
      origins: context.origins,
      trustedProxies: context.trustedProxies,
    }),
    remoteAddress: peer,
  };
}
