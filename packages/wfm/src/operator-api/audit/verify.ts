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
  app.get('/audit/verify', { schema }, async () => {
    const anchor = await api.checkpoints.anchor();
    const verdict = await api.store.audit.verify(anchor === 'damaged' ? null : anchor);
    if (anchor !== 'damaged' || !verdict.ok) return verdict;
    return {
      ok: false,
      firstBad: verdict.entries + 1,
      reason: 'the checkpoint is damaged or was changed, so entries at the end may be missing',
    };
  });
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
