import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';

/** GET /audit/verify */
export function verifyAudit(app: FastifyInstance, api: OperatorApi): void {
  app.get('/audit/verify', { schema: { summary: 'Check the hash chain', tags: ['audit'] } }, () =>
    api.checkpoints.anchor().then((anchor) => api.store.audit.verify(anchor)),
  );
}

/** GET /audit/checkpoint: where the log ends, signed; the last line of an export that can be checked offline. */
export function auditCheckpoint(app: FastifyInstance, api: OperatorApi): void {
  app.get('/audit/checkpoint', { schema: { summary: 'A signed checkpoint', tags: ['audit'] } }, () =>
    api.checkpoints.now(),
  );
}
