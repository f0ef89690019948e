import type { Reservation } from '../../api/types.ts';

/** Copies that were reserved together. */
export interface Batch {
  readonly first: Reservation;
  readonly ids: readonly string[];
}

/** Copies that are asked for at once are reserved one after the other, within this time. */
const togetherMilliseconds = 60_000;

const isNear = (a: string | null, b: string | null): boolean =>
  a === null || b === null ? a === b : Math.abs(Date.parse(a) - Date.parse(b)) < togetherMilliseconds;

const isSame = (a: Reservation, b: Reservation): boolean =>
  a.clientId === b.clientId &&
  a.deviceId === b.deviceId &&
  a.application === b.application &&
  a.createdBy === b.createdBy &&
  isNear(a.createdAt, b.createdAt) &&
  isNear(a.expiresAt, b.expiresAt) &&
  JSON.stringify(a.requirement) === JSON.stringify(b.requirement);

/** Reservations that stand after each other and differ in nothing but their ids are copies of one. */
export function batchesOf(reservations: readonly Reservation[]): Batch[] {
  const batches: Array<{ first: Reservation; ids: string[] }> = [];
  for (const reservation of reservations) {
    const last = batches.at(-1);
    if (last !== undefined && isSame(last.first, reservation)) last.ids.push(reservation.reservationId);
    else batches.push({ first: reservation, ids: [reservation.reservationId] });
  }
  return batches;
}
