import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { checkEnded } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { noRequirementText, RequirementName } from './view.ts';

/** DELETE /requirements/:name */
export function removeRequirement(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Require it no longer; its alerts end',
    tags: ['placement'],
    params: RequirementName,
    response: { 204: Type.Null() },
  };
  app.delete('/requirements/:name', { schema }, async (request, reply) => {
    const { name } = request.params as { name: string };
    if (!(await api.store.requirements.remove(name, operatorOf(request).name, api.now())))
      await checkEnded(api, name, ['requirement.removed'], noRequirementText(name));
    return reply.code(204).send();
  });
}
