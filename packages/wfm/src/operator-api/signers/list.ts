import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { type SignerSort, signerSorts } from '../../store/ports/signers.ts';
import type { OperatorApi } from '../context.ts';
import { listQuery, pageOf } from '../listing.ts';
import { pageSchema } from '../views.ts';

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
    querystring: listQuery(signerSorts),
    response: { 200: pageSchema(SignerSchema) },
  };
  app.get('/signers', { schema }, async (request) => {
    const { items, nextCursor } = await api.store.signers.list(pageOf<SignerSort>(request.query));
    const views = items.map(({ fingerprint, createdAt, ...rest }) => ({
      ...rest,
      fingerprint: `sha256:${fingerprint}`,
      createdAt: new Date(createdAt).toISOString(),
    }));
    return { items: views, nextCursor };
  });
}
