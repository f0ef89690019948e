import { Type } from 'typebox';
import type { ReservationRow } from '../../store/ports/inventory.ts';

const time = { type: 'string', format: 'date-time' };

export const ReservationSchema = Type.Object(
  {
    reservationId: Type.String(),
    clientId: Type.String(),
    deviceId: Type.String(),
    application: Type.String(),
    requirement: Type.Unsafe<object>({ type: 'object', additionalProperties: true }),
    cpuGroup: Type.Unsafe<number | null>({
      anyOf: [{ type: 'integer' }, { type: 'null' }],
      description: 'which CPU entry of the report it counts on; null: it needs no cores, or none suits',
    }),
    createdAt: Type.String(time),
    createdBy: Type.String(),
    expiresAt: Type.Unsafe<string | null>({
      anyOf: [time, { type: 'null' }],
      description: 'null: it holds until it is released',
    }),
  },
  { $id: 'Reservation' },
);

/** A reservation as operators see it. */
export function reservationView(r: ReservationRow): object {
  return {
    ...r,
    requirement: JSON.parse(r.requirement) as object,
    createdAt: new Date(r.createdAt).toISOString(),
    expiresAt: r.expiresAt === null ? null : new Date(r.expiresAt).toISOString(),
  };
}
