/** A whole device as it is judged. Pure. */
import type { Capabilities } from '@muster/protocol';
import type { Subject } from './constraints.ts';
import { nothingTaken, type Offer, offerOf, type Taken } from './offer.ts';

/** What only this device has: for pointers such as `/id` and `/x-acme-extensions/line`. */
export function ownOf(c: Capabilities): Subject['own'] {
  return { id: c.deviceId, serialNumber: c.serialNumber, ...c.extensions };
}

/** A device of an active client; nothing of it is taken unless it is said. */
export function subjectOf(
  c: Capabilities,
  labels: Readonly<Record<string, string>>,
  known: { readonly offer?: Offer; readonly taken?: Taken } = {},
): Subject {
  return {
    offer: known.offer ?? offerOf(c),
    taken: known.taken ?? nothingTaken,
    labels,
    own: ownOf(c),
    clientState: 'active',
  };
}
