import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { deletedReason } from '../../store/ports/clients.ts';
import { checkEnded } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { lookUpClient, lookUpEnrollment, noClientText } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { ClientId } from '../views.ts';

/** A fingerprint of a deleted client is known by its request, which stays refused. */
async function isOfDeletedClient(api: OperatorApi, id: string): Promise<boolean> {
  const request = await lookUpEnrollment(api, id);
  return request !== null && request.enrollmentId !== id && request.reason === deletedReason;
}

/** DELETE /clients/:clientId */
export function deleteClient(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Delete a client; its key stays refused',
    tags: ['clients'],
    params: ClientId,
    response: { 204: Type.Null() },
  };
  app.delete('/clients/:clientId', { schema }, async (request, reply) => {
    const { clientId: id } = request.params as { clientId: string };
    const client = await lookUpClient(api, id);
    if (client !== null) await api.store.clients.delete(client.clientId, operatorOf(request).name, api.now());
    else if (!(await isOfDeletedClient(api, id)))
      await checkEnded(api, id, ['client.deleted'], noClientText(id));
    return reply.code(204).send();
  });
}
