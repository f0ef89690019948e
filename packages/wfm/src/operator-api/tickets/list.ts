import type { FastifyInstance } from 'fastify';
import { type TicketSort, ticketSorts, type TicketState } from '../../store/ports/admission.ts';
import type { OperatorApi } from '../context.ts';
import { filters, listQuery, oneOf, pageOf } from '../listing.ts';
import { pageSchema } from '../views.ts';
import { TicketSchema, ticketView } from './view.ts';

interface Query {
  readonly state?: TicketState;
  readonly clientId?: string;
}

/** GET /tickets */
export function listTickets(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Tickets that were issued, and what became of them',
    tags: ['tickets'],
    querystring: listQuery(ticketSorts, {
      state: oneOf('open', 'used', 'expired'),
      clientId: filters.clientId,
    }),
    response: { 200: pageSchema(TicketSchema) },
  };
  app.get('/tickets', { schema }, async (request) => {
    const { state, clientId } = request.query as Query;
    const now = api.now();
    const page = await api.store.admission.listTickets({
      ...pageOf<TicketSort>(request.query),
      state,
      clientId,
      now,
    });
    return { items: page.items.map((t) => ticketView(t, now)), nextCursor: page.nextCursor };
  });
}
