/** An order to a client to move to another WFM, and what may become of it. Pure. */
import type { Acknowledgement } from '@muster/protocol';

type RebindState = 'ordered' | 'told' | 'accepted' | 'moved' | 'failed' | 'cancelled';

export interface Rebind {
  readonly orderId: string;
  readonly joinString: string;
  /** The address of the other WFM. */
  readonly to: string;
  readonly pins: readonly string[];
  readonly state: RebindState;
  /** Why it failed, in the words of the client. */
  readonly reason: string | null;
  readonly orderedBy: string;
  readonly orderedAt: number;
  readonly updatedAt: number;
}

/** Whether the client still has to do something about it. */
export function isOpen(rebind: Rebind | null): rebind is Rebind {
  return rebind !== null && ['ordered', 'told', 'accepted'].includes(rebind.state);
}

/** Reads what is on file. */
export function readRebind(text: string | null): Rebind | null {
  return text === null ? null : (JSON.parse(text) as Rebind);
}

/**
 * What an acknowledgement makes of an order.
 * @returns the order afterwards, `unchanged` for a repetition, `conflict` when it speaks of none that can take it
 */
export function afterAcknowledgement(
  present: Rebind | null,
  said: Acknowledgement & { about: 'rebind' },
  now: number,
): Rebind | 'unchanged' | 'conflict' {
  if (present === null || present.orderId !== said.orderId) return 'conflict';
  if (present.state === said.state) return 'unchanged';
  // A client that is gone is gone: that also counts when the order was taken back meanwhile, or had failed before.
  if (said.state !== 'moved' && !isOpen(present)) return 'conflict';
  return { ...present, state: said.state, reason: said.reason ?? null, updatedAt: now };
}
