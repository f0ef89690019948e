import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { labelsFault } from '../../fleet/labels.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { ClientId, ClientSchema, clientView } from '../views.ts';

/** PUT /clients/:clientId/labels: the whole set; what is left out goes. */
export function labelClient(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Set the labels of a client',
    tags: ['clients'],
    params: ClientId,
    body: Type.Object({ labels: Type.Record(Type.String(), Type.String()) }),
    response: { 200: ClientSchema },
  };
  app.put('/clients/:clientId/labels', { schema }, async (request) => {
    const client = await findClient(api, (request.params as { clientId: string }).clientId);
    const { labels } = request.body as { labels: Record<string, string> };
    const problem = labelsFault(labels);
    if (problem !== null)
      throw new HttpProblem('semantic-error', {
        detail: `The labels cannot be used: ${problem}.`,
        errors: [{ field: 'labels', message: problem }],
      });
    await api.store.clients.setLabels(client.clientId, labels, operatorOf(request).name, api.now());
    return clientView(await findClient(api, client.clientId));
  });
}
