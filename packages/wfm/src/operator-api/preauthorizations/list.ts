import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { PageQuery, pageSchema, PreauthorizationSchema, preauthorizationView } from '../views.ts';

/** GET /preauthorizations */
export function listPreauthorizations(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'What is let in when it comes',
    tags: ['preauthorizations'],
    querystring: PageQuery,
    response: { 200: pageSchema(PreauthorizationSchema) },
  };
  app.get('/preauthorizations', { schema }, async (request) => {
    const { limit = 100, cursor } = request.query as { limit?: number; cursor?: string };
    const page = await api.store.preauthorizations.list({ limit, cursor });
    return { items: page.items.map(preauthorizationView), nextCursor: page.nextCursor };
  });
}
