import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';

/** GET /audit/verify */
export function verifyAudit(app: FastifyInstance, api: OperatorApi): void {
  app.get('/audit/verify', { schema: { summary: 'Check the hash chain', tags: ['audit'] } }, () =>
    api.store.audit.verify(),
  );
}
