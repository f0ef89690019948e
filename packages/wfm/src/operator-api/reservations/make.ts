import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { HttpProblem } from '../../http/problem.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { applicationOf, PlacementRequestSchema } from '../placement/request.ts';
import { ReservationSchema, reservationView } from './view.ts';

interface Body {
  readonly application: string | object;
  readonly profile?: string;
  readonly reservationId?: string;
  readonly clientId: string;
  readonly deviceId: string;
  readonly seconds?: number;
}

/** POST /reservations: takes the capacity of one copy. */
export function makeReservation(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Commit capacity of a device to a planned deployment',
    tags: ['placement'],
    body: Type.Object({
      application: PlacementRequestSchema.properties.application,
      reservationId: Type.Optional(
        Type.String({
          format: 'uuid',
          description: 'chosen by who asks, so that a repeated request is the same reservation',
        }),
      ),
      profile: Type.Optional(Type.String({ maxLength: 200 })),
      clientId: Type.String({ maxLength: 200 }),
      deviceId: Type.String({ maxLength: 512 }),
      seconds: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 31_536_000,
          description: 'how long it holds; for good when missing',
        }),
      ),
    }),
    response: { 200: ReservationSchema, 201: ReservationSchema },
  };
  app.post('/reservations', { schema }, async (request, reply) => {
    const o = request.body as Body;
    const application = applicationOf(o.application);
    const profile =
      o.profile === undefined
        ? application.profiles[0]
        : application.profiles.find((p) => p.id === o.profile);
    if (profile === undefined)
      throw new HttpProblem('not-found', { detail: 'The application has no such profile.' });
    const client = await findClient(api, o.clientId);
    const now = api.now();
    const made = await api.store.reservations.reserve({
      reservationId: o.reservationId ?? randomUUID(),
      clientId: client.clientId,
      deviceId: o.deviceId,
      application: application.id,
      requirement: profile.requirement,
      actor: operatorOf(request).name,
      now,
      expiresAt: o.seconds === undefined ? null : now + o.seconds * 1000,
    });
    if (made.result === 'not-found')
      throw new HttpProblem('not-found', { detail: 'This client has reported no such device.' });
    if (made.result === 'no-room')
      throw conflict(
        'no-room',
        'The device has no room for it. Ask why: POST /operator/v1/placement:explain',
      );
    if (made.result === 'conflict')
      throw conflict(
        'reserved',
        'This reservation is for something else. Release it first, or take another id.',
        {
          present: reservationView(made.reservation),
        },
      );
    return reply.code(made.result === 'reserved' ? 201 : 200).send(reservationView(made.reservation));
  });
}
