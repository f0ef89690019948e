import type { ReservationRow } from '../../store/ports/inventory.ts';

/** A reservation as operators see it. */
export function reservationView(r: ReservationRow): object {
  return {
    ...r,
    requirement: JSON.parse(r.requirement) as object,
    createdAt: new Date(r.createdAt).toISOString(),
    expiresAt: r.expiresAt === null ? null : new Date(r.expiresAt).toISOString(),
  };
}
