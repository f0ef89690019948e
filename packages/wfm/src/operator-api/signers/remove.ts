import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { checkEnded } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { fingerprintHex } from '../views.ts';

/** DELETE /signers/:fingerprint */
export function removeSigner(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Believe the signature of another WFM no longer',
    tags: ['signers'],
    params: Type.Object({ fingerprint: Type.String({ maxLength: 200 }) }),
    response: { 204: Type.Null() },
  };
  app.delete('/signers/:fingerprint', { schema, config: { role: 'admin' } }, async (request, reply) => {
    const fingerprint = fingerprintHex((request.params as { fingerprint: string }).fingerprint);
    if (!(await api.store.signers.remove(fingerprint, operatorOf(request).name, api.now())))
      await checkEnded(
        api,
        fingerprint,
        ['signer.removed'],
        'This signer is not believed here, and never was.',
      );
    return reply.code(204).send();
  });
}
