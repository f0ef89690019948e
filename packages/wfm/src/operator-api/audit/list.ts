import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { PageQuery, pageSchema } from '../views.ts';
import { AuditEntrySchema } from './view.ts';

/** GET /audit */
export function listAudit(app: FastifyInstance, api: OperatorApi): void {
  app.get(
    '/audit',
    {
      schema: {
        summary: 'Who did what, oldest first',
        tags: ['audit'],
        querystring: PageQuery,
        response: { 200: pageSchema(AuditEntrySchema) },
      },
    },
    async (request) => {
      const { limit = 100, cursor } = request.query as { limit?: number; cursor?: string };
      const page = await api.store.audit.list({ limit, cursor });
      return {
        items: page.items.map((e) => ({ ...e, at: new Date(e.at).toISOString() })),
        nextCursor: page.nextCursor,
      };
    },
  );
}
