import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { checkEnded } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { fingerprintHex } from '../views.ts';

/** DELETE /preauthorizations/:fingerprint */
export function deletePreauthorization(app: FastifyInstance, api: OperatorApi): void {
  const schema = { summary: 'Take one back', tags: ['preauthorizations'], response: { 204: Type.Null() } };
  app.delete('/preauthorizations/:fingerprint', { schema }, async (request, reply) => {
    const fingerprint = fingerprintHex((request.params as { fingerprint: string }).fingerprint);
    if (!(await api.store.preauthorizations.remove(fingerprint, operatorOf(request).name, api.now())))
      await checkEnded(
        api,
        fingerprint,
        ['preauthorization.removed'],
        'There is no such pre-authorisation, and never was.',
      );
    return reply.code(204).send();
  });
}
