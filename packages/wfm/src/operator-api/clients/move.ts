import type { FastifyInstance } from 'fastify';
import { type Move, moves } from '../../fleet/lifecycle.ts';
import { conflict } from '../conflict.ts';
import type { ClientState } from '../../store/ports.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { ClientId, ClientSchema, clientView, reasonBody, reasonOf } from '../views.ts';

const next: Readonly<Record<ClientState, string>> = {
  active: 'Leave it, or block or retire it.',
  blocked: 'Unblock it (muster clients unblock), or retire it.',
  retired: 'Readmit it first: muster clients readmit',
};

/** POST /clients/:clientId/block|unblock|retire|readmit: one route for each legal move of the state machine. */
export function moveClient(app: FastifyInstance, api: OperatorApi): void {
  for (const move of Object.keys(moves) as Move[]) {
    const schema = {
      summary: `${move} a client`,
      tags: ['clients'],
      params: ClientId,
      body: reasonBody(),
      response: { 200: ClientSchema },
    };
    app.post(`/clients/:clientId/${move}`, { schema }, async (request) => {
      const client = await findClient(api, (request.params as { clientId: string }).clientId);
      const { from, to } = moves[move];
      const actor = operatorOf(request).name;
      const reason = reasonOf(request.body);
      const result = await api.store.clients.setState(client.clientId, from, to, actor, api.now(), reason);
      const after = await findClient(api, client.clientId);
      if (result === 'conflict')
        throw conflict(
          after.state,
          `${move} is for clients that are ${from.join(' or ')}; this one is ${after.state}. ${next[after.state]}`,
        );
      return clientView(after);
    });
  }
}
