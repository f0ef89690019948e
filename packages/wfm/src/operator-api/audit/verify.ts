import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { OperatorApi } from '../context.ts';
import { SignedSchema } from '../views.ts';
import { ChainVerdictSchema } from './view.ts';

/** GET /audit/verify */
export function verifyAudit(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Check the hash chain',
    tags: ['audit'],
    response: { 200: ChainVerdictSchema },
  };
  app.get('/audit/verify', { schema }, () =>
    api.checkpoints.anchor().then((anchor) => api.store.audit.verify(anchor)),
  );
}

/** GET /audit/checkpoint: where the log ends, signed; the last line of an export that can be checked offline. */
export function auditCheckpoint(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'A signed checkpoint',
    tags: ['audit'],
    response: { 200: Type.Object(SignedSchema) },
  };
  app.get('/audit/checkpoint', { schema }, () => api.checkpoints.now());
}
