import { randomUUID } from 'node:crypto';
import type { ApplicationProfile } from '@muster/protocol';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { HttpProblem } from '../../http/problem.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { findClient, noSuchDevice } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { applicationBodyLimit, applicationOf, PlacementRequestSchema } from '../placement/request.ts';
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
    body: Type.Object(
      {
        application: PlacementRequestSchema.properties.application,
        reservationId: Type.Optional(
          Type.String({
            format: 'uuid',
            description: 'chosen by who asks, so that a repeated request is the same reservation',
          }),
        ),
        profile: Type.Optional(
          Type.String({
            maxLength: 200,
            description: 'its id; the first that the device has room for when missing',
          }),
        ),
        clientId: Type.String({ maxLength: 200 }),
        deviceId: Type.String({ maxLength: 512 }),
        seconds: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 31_536_000,
            description: 'how long it holds; for good when missing',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    response: { 200: ReservationSchema, 201: ReservationSchema },
  };
  app.post('/reservations', { schema, bodyLimit: applicationBodyLimit }, async (request, reply) => {
    const o = request.body as Body;
    const application = await applicationOf(api, o.application);
    const profiles = application.profiles.filter(({ id }) => id === (o.profile ?? id));
    const [first, ...others] = profiles;
    if (first === undefined)
      throw new HttpProblem('not-found', {
        detail: `The application has no such profile; it has ${application.profiles.map((p) => p.id).join(', ')}. Name one of these: muster reservations make --profile ID`,
      });
    const client = await findClient(api, o.clientId);
    const now = api.now();
    const reservationId = o.reservationId ?? randomUUID();
    const reserve = ({ requirement }: ApplicationProfile) =>
      api.store.reservations.reserve({
        reservationId,
        clientId: client.clientId,
        deviceId: o.deviceId,
        application: application.id,
        requirement,
        actor: operatorOf(request).name,
        now,
        expiresAt: o.seconds === undefined ? null : now + o.seconds * 1000,
      });
    const unmet: string[] = [];
    const tried = async (profile: ApplicationProfile) => {
      const result = await reserve(profile);
      if (result.result === 'no-room') unmet.push(`${profile.id}: ${result.unmet.join('; ')}`);
      return result;
    };
    let made = await tried(first);
    // As placement does: the profiles in their order. What a repeated request has reserved may be any of them.
    for (const profile of others) {
      if (made.result !== 'no-room' && made.result !== 'conflict') break;
      const next = await tried(profile);
      if (next.result !== 'conflict') made = next;
    }
    if (made.result === 'not-found') throw noSuchDevice(client.clientId);
    if (made.result === 'no-room')
      throw conflict(
        'no-room',
        `The device has no room for it: ${unmet.join('. ')}. Look for one that has: muster place FILE`,
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
