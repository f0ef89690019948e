import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { fingerprintHex } from '../views.ts';

/** PUT /signers/:fingerprint: clients that this WFM has signed may be imported. */
export function addSigner(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Believe the signature of another WFM under a client',
    tags: ['signers'],
    params: Type.Object({ fingerprint: Type.String({ maxLength: 200 }) }),
    body: Type.Object({ note: Type.Optional(Type.String({ maxLength: 500 })) }),
    response: { 204: Type.Null() },
  };
  app.put('/signers/:fingerprint', { schema, config: { role: 'admin' } }, async (request, reply) => {
    const fingerprint = fingerprintHex((request.params as { fingerprint: string }).fingerprint);
    if (fingerprint.length !== 64)
      throw new HttpProblem('invalid-request', { detail: 'A fingerprint is 64 hex digits of SHA-256.' });
    await api.store.signers.add({
      fingerprint,
      note: (request.body as { note?: string }).note ?? null,
      createdAt: api.now(),
      createdBy: operatorOf(request).name,
    });
    return reply.code(204).send();
  });
}
