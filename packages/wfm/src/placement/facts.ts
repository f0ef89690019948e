/** What one question is judged with, and how a row becomes a judged device. */
import { ProtocolError } from '@muster/protocol';
import type { Catalogue } from '../fleet/catalogue.ts';
import type { populationTests } from '../fleet/population.ts';
import type { FleetRow, ReservationRow } from '../store/ports/inventory.ts';
import type { Placed } from './answer.ts';
import type { Subject } from './constraints.ts';
import type { CompiledProfile, Verdict } from './judge.ts';
import { nothingTaken, type Taken } from './offer.ts';
import { takenBy } from './taken.ts';

export interface Facts {
  readonly catalogue: Catalogue;
  readonly profiles: readonly CompiledProfile[];
  /** Of the clients that are not active. */
  readonly states: ReadonlyMap<string, string>;
  readonly taken: ReadonlyMap<string, Taken>;
}

export type Tests = ReturnType<typeof populationTests>;

/** A device as a key of maps. */
export const keyOf = (clientId: string, deviceId: string): string => `${clientId}\n${deviceId}`;

/** What reservations take, by device. */
export function takenOf(reserved: readonly ReservationRow[]): Map<string, Taken> {
  const by = new Map<string, ReservationRow[]>();
  for (const one of reserved) {
    const key = keyOf(one.clientId, one.deviceId);
    const list = by.get(key);
    if (list === undefined) by.set(key, [one]);
    else list.push(one);
  }
  return new Map([...by].map(([key, list]) => [key, takenBy(list)]));
}

/**
 * Judges one row.
 * @param own what only this device has, where a constraint looks at it
 * @throws ProtocolError when the offer is not known: it has come since the catalogue was read
 */
export function place(
  row: FleetRow,
  facts: Facts,
  verdict: (subject: Subject) => Verdict,
  own: Subject['own'] = {},
): Placed {
  const known = facts.catalogue.offers.get(row.offerId);
  if (known === undefined)
    throw new ProtocolError('invalid-request', 'The fleet changed while it was read.', [], 'Ask again.');
  const subject: Subject = {
    offer: known.offer,
    taken: facts.taken.get(keyOf(row.clientId, row.deviceId)) ?? nothingTaken,
    labels: facts.catalogue.labelSets.get(row.labelSetId) ?? {},
    own,
    clientState: facts.states.get(row.clientId) ?? 'active',
  };
  const { clientId, deviceId } = row;
  return { clientId, deviceId, offerDigest: known.digest, verdict: verdict(subject), ...subject };
}
