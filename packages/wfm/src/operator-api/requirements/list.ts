import type { FastifyInstance } from 'fastify';
import { type RequirementSort, requirementSorts } from '../../store/ports/requirements.ts';
import type { OperatorApi } from '../context.ts';
import { listQuery, pageOf } from '../listing.ts';
import { pageSchema } from '../views.ts';
import { RequirementSchema, requirementView } from './view.ts';

/** GET /requirements, by name. */
export function listRequirements(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Applications that devices must be able to host',
    tags: ['placement'],
    querystring: listQuery(requirementSorts),
    response: { 200: pageSchema(RequirementSchema) },
  };
  app.get('/requirements', { schema }, async (request) => {
    const page = await api.store.requirements.list(pageOf<RequirementSort>(request.query));
    return { items: page.items.map(requirementView), nextCursor: page.nextCursor };
  });
}
