import type { FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/problem.ts';

/** Refuses bodies that say they are something else than JSON; one that says nothing is tried as JSON. */
export function requireJson(request: FastifyRequest): void {
  const type = request.headers['content-type'];
  if (type === undefined || /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) return;
  throw new HttpProblem('unsupported-media-type', {
    detail: `The body is ${type.slice(0, 100)}; send application/json.`,
  });
}
