/** The device API's routes, at the root and below each public prefix. */
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http/problem.ts';
import { postAcknowledgement } from './acknowledgements.ts';
import { deleteCapabilities, reportCapabilities } from './capabilities.ts';
import { getCertificate } from './certificate.ts';
import type { DeviceApi } from './context.ts';
import { postOnboarding } from './onboarding.ts';
import { postWithdrawal } from './withdrawal.ts';

/** What each path takes, for the answer to a method that it does not. */
const allowed: ReadonlyArray<readonly [RegExp, string]> = [
  [/^\/api\/v1\/onboarding\/certificate$/, 'GET, HEAD'],
  [/^\/api\/v1\/onboarding$/, 'POST'],
  [/^\/api\/v1\/onboarding\/withdrawal$/, 'POST'],
  [/^\/api\/v1\/clients\/[^/]+\/acknowledgements$/, 'POST'],
  [/^\/api\/v1\/clients\/[^/]+\/capabilities$/, 'POST, PUT'],
  [/^\/api\/v1\/clients\/[^/]+\/capabilities\/.+$/, 'POST, PUT, DELETE'],
];

/** Adds the routes and the two refusals: unknown path (404), known path with another method (405 and Allow). */
export function registerDeviceRoutes(app: FastifyInstance, api: DeviceApi): void {
  const prefixes = new Set(['', ...api.origins.map((origin) => origin.prefix)]);
  const onboard = postOnboarding(api);
  const report = reportCapabilities(api);
  for (const prefix of prefixes) {
    app.get(`${prefix}/api/v1/onboarding/certificate`, getCertificate(api));
    app.post(`${prefix}/api/v1/onboarding`, onboard);
    app.post(`${prefix}/api/v1/onboarding/withdrawal`, postWithdrawal(api));
    app.route({
      method: ['POST', 'PUT'],
      url: `${prefix}/api/v1/clients/:clientId/capabilities`,
      handler: report,
    });
    app.route({
      method: ['POST', 'PUT'],
      url: `${prefix}/api/v1/clients/:clientId/capabilities/*`,
      handler: report,
    });
    app.post(`${prefix}/api/v1/clients/:clientId/acknowledgements`, postAcknowledgement(api));
    app.delete(`${prefix}/api/v1/clients/:clientId/capabilities/*`, deleteCapabilities(api));
  }
  app.setNotFoundHandler((request) => {
    const path = (request.raw.url ?? '').split('?')[0] ?? '';
    for (const prefix of prefixes) {
      const match = allowed.find(
        ([pattern]) => path.startsWith(prefix) && pattern.test(path.slice(prefix.length)),
      );
      if (match === undefined) continue;
      throw new HttpProblem('method-not-allowed', {
        detail: `${request.method} is not for this path; it takes ${match[1]}.`,
        headers: { allow: match[1] },
      });
    }
    throw new HttpProblem('route-not-found', { detail: 'The device API has no such path.' });
  });
}
