import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { ClientId } from '../views.ts';

/** DELETE /clients/:clientId */
export function deleteClient(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Delete a client; its key stays refused',
    tags: ['clients'],
    params: ClientId,
    response: { 204: Type.Null() },
  };
  app.delete('/clients/:clientId', { schema }, async (request, reply) => {
    const client = await findClient(api, (request.params as { clientId: string }).clientId);
    await api.store.clients.delete(client.clientId, operatorOf(request).name, api.now());
    return reply.code(204).send();
  });
}
