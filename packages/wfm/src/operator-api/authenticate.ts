/** Operators prove themselves by a bearer token; only its hash is kept here. */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/problem.ts';
import type { Role } from '../store/ports.ts';
import type { OperatorApi } from './context.ts';
import type { Operator } from './operator.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The role that an endpoint needs, where it is not the usual one of its method. */
    role?: Role;
  }
}

const failureLimit = 20;
const failureWindow = 60_000;
const rank: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Counts failures by whoever fails; bounded, and forgetful after a minute. */
class Failures {
  readonly #counts = new Map<string, { count: number; until: number }>();

  /** @returns seconds to wait, or 0 */
  wait(who: string, now: number): number {
    const recent = this.#counts.get(who);
    if (recent === undefined || recent.until <= now || recent.count < failureLimit) return 0;
    return Math.ceil((recent.until - now) / 1000);
  }

  note(who: string, now: number): void {
    const recent = this.#counts.get(who);
    if (this.#counts.size > 10_000) this.#counts.clear();
    const count = recent !== undefined && recent.until > now ? recent.count + 1 : 1;
    this.#counts.set(who, { count, until: now + failureWindow });
  }
}

/** The role that a request needs: stated by its endpoint, or by its method. */
function neededRole(request: FastifyRequest): Role {
  const stated = request.routeOptions.config.role;
  if (stated !== undefined) return stated;
  return request.method === 'GET' || request.method === 'HEAD' ? 'viewer' : 'operator';
}

/**
 * Makes the check. Tokens are looked up by their SHA-256, so no comparison of secrets depends on their content; an
 * address or a token that keeps failing is slowed down.
 */
export function operatorAuthentication(api: OperatorApi): (request: FastifyRequest) => Promise<Operator> {
  const failures = new Failures();
  return async (request) => {
    const now = api.now();
    const token = /^Bearer ([\x21-\x7e]{16,256})$/i.exec(request.headers.authorization ?? '')?.[1];
    const tokenSha256 = token === undefined ? '' : createHash('sha256').update(token).digest('hex');
    const wait = Math.max(
      failures.wait(`address ${request.ip}`, now),
      failures.wait(`token ${tokenSha256}`, now),
    );
    if (wait > 0)
      throw new HttpProblem('too-many-requests', {
        detail: 'Too many refused requests from this address or token.',
        retryAfterSeconds: wait,
      });
    const found = token === undefined ? null : await api.store.tokens.bySha256(tokenSha256);
    const isInForce =
      found !== null && found.revokedAt === null && (found.expiresAt === null || found.expiresAt > now);
    if (!isInForce) {
      failures.note(`address ${request.ip}`, now);
      const why =
        found === null
          ? ''
          : found.revokedAt === null
            ? 'The token has expired. '
            : 'The token was revoked. ';
      throw new HttpProblem('unauthorized', {
        detail: `${why}Send Authorization: Bearer with the token from <data>/operator-token, or one made by muster tokens create.`,
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
    api.tokenSeen(tokenSha256);
    const needed = neededRole(request);
    if (rank[found.role] < rank[needed]) {
      failures.note(`token ${tokenSha256}`, now);
      throw new HttpProblem('forbidden', {
        detail: `This needs the role ${needed}; the token has ${found.role}.`,
      });
    }
    return { name: found.name, role: found.role };
  };
}
