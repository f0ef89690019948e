import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { PageQuery, pageSchema } from '../views.ts';
import { ReservationSchema, reservationView } from './view.ts';

/** GET /reservations */
export function listReservations(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Capacity that is committed to planned deployments',
    tags: ['placement'],
    querystring: PageQuery,
    response: { 200: pageSchema(ReservationSchema) },
  };
  app.get('/reservations', { schema }, async (request) => {
    const { limit = 100, cursor } = request.query as { limit?: number; cursor?: string };
    const page = await api.store.reservations.list({ limit, cursor, now: api.now() });
    return { items: page.items.map(reservationView), nextCursor: page.nextCursor };
  });
}
