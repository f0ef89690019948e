import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';

/** DELETE /tickets/:ticketId: it lets nobody in from now on; whom it has let in stays. */
export function revokeTicket(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Take a ticket back',
    tags: ['tickets'],
    response: { 204: Type.Null() },
  };
  app.delete('/tickets/:ticketId', { schema }, async (request, reply) => {
    const { ticketId } = request.params as { ticketId: string };
    const isId = /^[0-9a-f]{16}$/.test(ticketId);
    const actor = operatorOf(request).name;
    if (!isId || (await api.store.admission.revokeTicket(ticketId, actor, api.now())) === 'not-found')
      throw new HttpProblem('not-found', {
        detail: `There was never a ticket ${ticketId.slice(0, 40)}. List them: muster tickets list`,
      });
    return reply.code(204).send();
  });
}
