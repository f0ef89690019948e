/** The listener for operators: HTTPS on the WFM's own CA, bearer tokens, OpenAPI. */
import type { AddressInfo } from 'node:net';
import swagger from '@fastify/swagger';
import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { defaultLimits } from '../http/limits.ts';
import { HttpProblem } from '../http/problem.ts';
import { createApplication } from '../http/server.ts';
import type { TlsMaterial } from '../trust/material.ts';
import { type Operator, operatorAuthentication } from './authenticate.ts';
import { clientRoutes } from './clients.ts';
import type { OperatorApi } from './context.ts';
import { deviceRoutes } from './devices.ts';
import { enrollmentRoutes } from './enrollments.ts';
import { healthRoutes, instanceRoutes } from './instance.ts';
import { preauthorizationRoutes } from './preauthorizations.ts';

/** Starts the operator listener. */
export async function startOperatorListener(o: {
  api: OperatorApi;
  listen: { host: string; port: number };
  tls: TlsMaterial;
  log: Logger;
}): Promise<{ port: number; close(): Promise<void> }> {
  const app = createApplication({ tls: o.tls, limits: defaultLimits, log: o.log });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? null : JSON.parse(String(body)));
    } catch {
      done(new HttpProblem('malformed-json'));
    }
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Muster operator API',
        version: '1',
        description: 'Approve devices, see what they offer, and check who decided what.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
  });
  const operators = new WeakMap<FastifyRequest, Operator>();
  const authenticate = operatorAuthentication(o.api);
  const actor = (request: FastifyRequest): string => operators.get(request)?.name ?? 'unknown';
  healthRoutes(app, o.api);
  app.get('/operator/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request) => {
        operators.set(request, await authenticate(request));
      });
      clientRoutes(scope, o.api, actor);
      enrollmentRoutes(scope, o.api, actor);
      preauthorizationRoutes(scope, o.api, actor);
      deviceRoutes(scope, o.api);
      instanceRoutes(scope, o.api);
    },
    { prefix: '/operator/v1' },
  );
  app.setNotFoundHandler(() => {
    throw new HttpProblem('route-not-found', {
      detail: 'The operator API is described at /operator/v1/openapi.json.',
    });
  });
  await app.listen(o.listen);
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
}
