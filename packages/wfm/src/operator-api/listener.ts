/** The listener for operators: HTTPS on the WFM's own CA, bearer tokens, OpenAPI. */
import type { AddressInfo } from 'node:net';
import swagger from '@fastify/swagger';
import type { Logger } from 'pino';
import type { Refusal } from '../audit/refusals.ts';
import { defaultLimits } from '../http/limits.ts';
import { createApplication, problemOf } from '../http/server.ts';
import type { TlsMaterial } from '../trust/material.ts';
import { operatorAuthentication } from './authenticate.ts';
import type { OperatorApi } from './context.ts';
import { serveConsole } from './console/serve.ts';
import { healthRoutes } from './instance/health.ts';
import { loginRoute } from './instance/login.ts';
import { openApiOptions } from './openapi.ts';
import { explainMissingRoutes } from './not-found.ts';
import { setOperator } from './operator.ts';
import { endpoints } from './routes.ts';
import { checkAddress, readJson } from './texts.ts';

/** Starts the operator listener. */
export async function startOperatorListener(o: {
  api: OperatorApi;
  listen: { host: string; port: number };
  /** Where the built console is; null for none. */
  console: string | null;
  tls: TlsMaterial;
  log: Logger;
  refused: (refusal: Refusal) => void;
}): Promise<{ port: number; close(): Promise<void> }> {
  const app = createApplication({ tls: o.tls, limits: defaultLimits, log: o.log, refused: o.refused });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, readJson(String(body)));
    } catch (error) {
      done(problemOf(error));
    }
  });
  await app.register(swagger, openApiOptions);
  explainMissingRoutes(app);
  const authenticate = operatorAuthentication(o.api);
  healthRoutes(app, o.api);
  loginRoute(app, o.api);
  await serveConsole(app, o.console);
  app.get('/operator/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request) => {
        setOperator(request, await authenticate(request));
        checkAddress(request.raw.url ?? '');
      });
      for (const endpoint of endpoints) endpoint(scope, o.api);
    },
    { prefix: '/operator/v1' },
  );
  await app.listen(o.listen);
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
}
