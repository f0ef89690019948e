import type { FastifyInstance } from 'fastify';
import { type AuditSort, auditSorts } from '../../store/ports/audit.ts';
import type { OperatorApi } from '../context.ts';
import { listQuery, pageOf } from '../listing.ts';
import { pageSchema } from '../views.ts';
import { AuditEntrySchema } from './view.ts';

/** GET /audit */
export function listAudit(app: FastifyInstance, api: OperatorApi): void {
  app.get(
    '/audit',
    {
      schema: {
        summary: 'Who did what; oldest first when nothing is said',
        tags: ['audit'],
        querystring: listQuery(auditSorts),
        response: { 200: pageSchema(AuditEntrySchema) },
      },
    },
    async (request) => {
      const page = await api.store.audit.list(pageOf<AuditSort>(request.query));
      return {
        items: page.items.map((e) => ({ ...e, at: new Date(e.at).toISOString() })),
        nextCursor: page.nextCursor,
      };
    },
  );
}
