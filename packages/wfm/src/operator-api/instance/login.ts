import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';

/** GET /login: what a program needs to know to send somebody to the OpenID provider; no token needed, nothing secret in it. */
export function loginRoute(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'How to log in with the OpenID provider',
    tags: ['login'],
    security: [],
    response: {
      200: Type.Object({
        issuer: Type.String(),
        clientId: Type.String(),
        scopes: Type.String(),
        token: Type.String({
          enum: ['id_token', 'access_token'],
          description: 'which one to send as bearer token',
        }),
        audience: Type.String(),
        issuerCa: Type.Unsafe({
          anyOf: [{ type: 'string' }, { type: 'null' }],
          description: 'PEM, where the issuer has no certificate of a public CA',
        }),
      }),
    },
  };
  app.get('/operator/v1/login', { schema }, () => {
    if (api.oidc === null)
      throw new HttpProblem('not-found', {
        detail: 'This WFM has no OpenID provider (--oidc-issuer). Use a token: muster tokens create.',
      });
    const { issuer, clientId, scopes, audience, ca } = api.oidc;
    return {
      issuer,
      clientId,
      scopes,
      token: audience === clientId ? 'id_token' : 'access_token',
      audience,
      issuerCa: ca ?? null,
    };
  });
}
