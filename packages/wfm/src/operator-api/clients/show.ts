import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { ClientId, ClientSchema, clientView } from '../views.ts';

/** GET /clients/:clientId */
export function showClient(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'One client',
    tags: ['clients'],
    params: ClientId,
    response: { 200: ClientSchema },
  };
  app.get('/clients/:clientId', { schema }, async (request) =>
    clientView(await findClient(api, (request.params as { clientId: string }).clientId)),
  );
}
