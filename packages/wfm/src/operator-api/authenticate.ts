/** Operators prove themselves by a bearer token; only its hash is kept here. */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/problem.ts';
import type { Role } from '../store/ports.ts';
import type { OperatorApi } from './context.ts';
import type { Operator } from './operator.ts';

const failureLimit = 20;
const failureWindow = 60_000;
const rank: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/**
 * Makes the check. Tokens are looked up by their SHA-256, so no comparison of secrets depends on their content; an
 * address that keeps failing is slowed down.
 */
export function operatorAuthentication(api: OperatorApi): (request: FastifyRequest) => Promise<Operator> {
  const failures = new Map<string, { count: number; until: number }>();
  return async (request) => {
    const now = api.now();
    const recent = failures.get(request.ip);
    if (recent !== undefined && recent.until > now && recent.count >= failureLimit) {
      throw new HttpProblem('too-many-requests', {
        detail: 'Too many wrong tokens from this address.',
        retryAfterSeconds: Math.ceil((recent.until - now) / 1000),
      });
    }
    const token = /^Bearer ([\x21-\x7e]{16,256})$/i.exec(request.headers.authorization ?? '')?.[1];
    const found =
      token === undefined
        ? null
        : await api.store.tokens.bySha256(createHash('sha256').update(token).digest('hex'));
    if (found === null || (found.expiresAt !== null && found.expiresAt < now)) {
      if (failures.size > 10_000) failures.clear();
      failures.set(request.ip, {
        count: recent !== undefined && recent.until > now ? recent.count + 1 : 1,
        until: now + failureWindow,
      });
      throw new HttpProblem('unauthorized', {
        detail: 'Send Authorization: Bearer with the token from <data>/operator-token.',
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
    const needed: Role = request.method === 'GET' || request.method === 'HEAD' ? 'viewer' : 'operator';
    if (rank[found.role] < rank[needed])
      throw new HttpProblem('forbidden', {
        detail: `This needs the role ${needed}; the token has ${found.role}.`,
      });
    return { name: found.name, role: found.role };
  };
}
