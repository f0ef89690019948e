import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';

const SignerSchema = Type.Object(
  {
    fingerprint: Type.String(),
    note: Type.Unsafe({ anyOf: [{ type: 'string' }, { type: 'null' }] }),
    createdAt: Type.String({ format: 'date-time' }),
    createdBy: Type.String(),
  },
  { $id: 'Signer' },
);

/** GET /signers: other WFMs whose signature under a client is believed. */
export function listSigners(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Other WFMs whose signature under a client is believed',
    tags: ['signers'],
    response: { 200: Type.Object({ items: Type.Array(SignerSchema), nextCursor: Type.Null() }) },
  };
  app.get('/signers', { schema }, async () => ({
    items: (await api.store.signers.list()).map(({ fingerprint, createdAt, ...rest }) => ({
      ...rest,
      fingerprint: `sha256:${fingerprint}`,
      createdAt: new Date(createdAt).toISOString(),
    })),
    nextCursor: null,
  }));
}
