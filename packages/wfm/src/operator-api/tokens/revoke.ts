import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';

/** DELETE /tokens/:name: counts from the next request on, on every instance. */
export function revokeToken(app: FastifyInstance, api: OperatorApi): void {
  const schema = { summary: 'Revoke an operator token', tags: ['tokens'], response: { 204: Type.Null() } };
  app.delete('/tokens/:name', { schema, config: { role: 'admin' } }, async (request, reply) => {
    const { name } = request.params as { name: string };
    const operator = operatorOf(request);
    if (name === operator.name)
      throw conflict('in-use', 'A token cannot revoke itself; use another administrator.');
    if ((await api.store.tokens.revoke(name, operator.name, api.now())) === 'not-found')
      throw new HttpProblem('not-found', {
        detail: `No token was ever named ${name.slice(0, 64)}. List them: muster tokens list`,
      });
    return reply.code(204).send();
  });
}
