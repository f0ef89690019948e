/** Operators prove themselves by a bearer token: one of Muster's own, of which only the hash is kept, or an OIDC token. */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { actorOfToken } from '../fleet/person.ts';
import { HttpProblem } from '../http/problem.ts';
import { OidcRefusal, OidcUnavailable } from '../oidc/errors.ts';
import type { OidcVerifier } from '../oidc/verify.ts';
import type { Role } from '../store/ports.ts';
import type { OperatorApi } from './context.ts';
import { Failures } from './failures.ts';
import type { Operator } from './operator.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The role that an endpoint needs, where it is not the usual one of its method. */
    role?: Role;
  }
}

const rank: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Who stands behind a token. */
interface Known {
  readonly name: string;
  /** Null for somebody who is known but has none. */
  readonly role: Role | null;
  /** What failures of this token, or this person, are counted under. */
  readonly counted: string;
}

/** The role that a request needs: stated by its endpoint, or by its method. */
function neededRole(request: FastifyRequest): Role {
  const stated = request.routeOptions.config.role;
  if (stated !== undefined) return stated;
  return request.method === 'GET' || request.method === 'HEAD' ? 'viewer' : 'operator';
}

function unauthorized(detail: string, isToken: boolean): HttpProblem {
  // RFC 6750 section 3: who sent no token learns no error code.
  const challenge = isToken ? `Bearer error="invalid_token"` : 'Bearer';
  return new HttpProblem('unauthorized', { detail, headers: { 'www-authenticate': challenge } });
}

async function ownToken(api: OperatorApi, token: string | undefined): Promise<Known> {
  const hint =
    'Send Authorization: Bearer with the token from <data>/operator-token, or one made by muster tokens create.';
  if (token === undefined) throw unauthorized(hint, false);
  const tokenSha256 = createHash('sha256').update(token).digest('hex');
  const found = await api.store.tokens.bySha256(tokenSha256);
  if (found === null) throw unauthorized(hint, true);
  if (found.revokedAt !== null) throw unauthorized(`The token was revoked. ${hint}`, true);
  if (found.expiresAt !== null && found.expiresAt <= api.now())
    throw unauthorized(`The token has expired. ${hint}`, true);
  api.tokenUses.note(tokenSha256, api.now());
  return { name: actorOfToken(found), role: found.role, counted: `token ${tokenSha256}` };
}

async function oidcToken(oidc: OidcVerifier, token: string): Promise<Known> {
  try {
    const { subject, actor, role } = await oidc.verify(token);
    return { name: actor, role, counted: `subject ${subject}` };
  } catch (error) {
    if (error instanceof OidcRefusal)
      throw unauthorized(`${error.message} Log in again: muster login.`, true);
    if (error instanceof OidcUnavailable)
      throw new HttpProblem('not-ready', {
        detail: `${error.message} Tokens made by muster tokens create do not need it.`,
        retryAfterSeconds: 5,
        cause: error,
      });
    throw error;
  }
}

/** Who waits too long: an address, a token or a person that keeps failing is slowed down. @throws HttpProblem */
function checkPace(failures: Failures, who: string, now: number): void {
  const retryAfterSeconds = failures.wait(who, now);
  if (retryAfterSeconds > 0)
    throw new HttpProblem('too-many-requests', {
      detail: 'Too many refused requests from this address or token.',
      retryAfterSeconds,
    });
}

/**
 * Makes the check. Tokens are looked up by their SHA-256, so no comparison of secrets depends on their content. What has the
 * three parts of a JWT goes to the OpenID provider's keys where there is one; Muster's own tokens have no dots.
 */
export function operatorAuthentication(api: OperatorApi): (request: FastifyRequest) => Promise<Operator> {
  const failures = new Failures();
  const isJwt = /^[\w-]+\.[\w-]*\.[\w-]*$/;
  return async (request) => {
    const now = api.now();
    const address = `address ${request.ip}`;
    checkPace(failures, address, now);
    const token = /^Bearer ([\x21-\x7e]{16,12288})$/i.exec(request.headers.authorization ?? '')?.[1];
    const { oidc } = api;
    const known = await (oidc !== null && token !== undefined && isJwt.test(token)
      ? oidcToken(oidc.verifier, token)
      : ownToken(api, token)
    ).catch((error: unknown) => {
      if (error instanceof HttpProblem && error.code === 'unauthorized') failures.note(address, now);
      throw error;
    });
    checkPace(failures, known.counted, now);
    const needed = neededRole(request);
    if (known.role === null || rank[known.role] < rank[needed]) {
      failures.note(known.counted, now);
      const has =
        known.role === null
          ? `none of the values of the claim ${oidc?.roleClaim ?? ''} is mapped to a role by --oidc-role`
          : `the token has ${known.role}`;
      throw new HttpProblem('forbidden', {
        subject: known.name,
        detail: `This needs the role ${needed}; ${has}.`,
      });
    }
    return { name: known.name, role: known.role };
  };
}
