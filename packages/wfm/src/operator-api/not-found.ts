import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http/problem.ts';

/** The pattern of a route as fastify writes it, such as `/clients/:clientId`, where `::` is a colon. */
function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => {
      if (part === '*') return '.*';
      if (part.startsWith(':') && !part.startsWith('::')) return '[^/]+';
      return part.replaceAll('::', ':').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('/');
  return new RegExp(`^${source}$`);
}

/** Says of what is no route whether it is the path or the method (RFC 9110 section 15.5.6). Before any route is added. */
export function explainMissingRoutes(app: FastifyInstance): void {
  const routes: Array<{ pattern: RegExp; methods: string[] }> = [];
  app.addHook('onRoute', ({ url, method }) => {
    routes.push({ pattern: patternOf(url), methods: [method].flat() });
  });
  app.setNotFoundHandler((request) => {
    const path = (request.raw.url ?? '').split('?')[0] ?? '';
    const methods = routes.filter((r) => r.pattern.test(path)).flatMap((r) => r.methods);
    if (methods.length === 0)
      throw new HttpProblem('route-not-found', {
        detail: 'The operator API is described at /operator/v1/openapi.json.',
      });
    const allow = [...new Set(methods)].sort().join(', ');
    throw new HttpProblem('method-not-allowed', {
      detail: `${request.method} is not for this path; it takes ${allow}.`,
      headers: { allow },
    });
  });
}
