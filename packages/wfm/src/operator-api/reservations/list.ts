import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { type ReservationSort, reservationSorts } from '../../store/ports/inventory.ts';
import type { OperatorApi } from '../context.ts';
import { filters, listQuery, pageOf } from '../listing.ts';
import { pageSchema } from '../views.ts';
import { ReservationSchema, reservationView } from './view.ts';

/** GET /reservations */
export function listReservations(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Capacity that is committed to planned deployments',
    tags: ['placement'],
    querystring: listQuery(reservationSorts, {
      clientId: filters.clientId,
      application: Type.Optional(Type.String({ maxLength: 200, description: 'its id' })),
    }),
    response: { 200: pageSchema(ReservationSchema) },
  };
  app.get('/reservations', { schema }, async (request) => {
    const { clientId, application } = request.query as { clientId?: string; application?: string };
    const page = await api.store.reservations.list({
      ...pageOf<ReservationSort>(request.query),
      clientId,
      application,
      now: api.now(),
    });
    return { items: page.items.map(reservationView), nextCursor: page.nextCursor };
  });
}
