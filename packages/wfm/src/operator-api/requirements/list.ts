import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { OperatorApi } from '../context.ts';
import { pageSchema } from '../views.ts';
import { RequirementSchema, requirementView } from './view.ts';

/** GET /requirements, by name. */
export function listRequirements(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Applications that devices must be able to host',
    tags: ['placement'],
    querystring: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
      cursor: Type.Optional(Type.String({ maxLength: 512 })),
    }),
    response: { 200: pageSchema(RequirementSchema) },
  };
  app.get('/requirements', { schema }, async (request) => {
    const { limit = 100, cursor } = request.query as { limit?: number; cursor?: string };
    const page = await api.store.requirements.list({ limit, cursor });
    return { items: page.items.map(requirementView), nextCursor: page.nextCursor };
  });
}
