import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { checkEnded } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';

/** DELETE /reservations/:reservationId */
export function releaseReservation(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Give reserved capacity back',
    tags: ['placement'],
    response: { 204: Type.Null() },
  };
  app.delete('/reservations/:reservationId', { schema }, async (request, reply) => {
    const { reservationId } = request.params as { reservationId: string };
    if (!(await api.store.reservations.release(reservationId, operatorOf(request).name, api.now())))
      await checkEnded(
        api,
        reservationId,
        ['reservation.released', 'reservation.expired', 'reservation.lost'],
        'There is no such reservation. List them: muster reservations list',
      );
    return reply.code(204).send();
  });
}
