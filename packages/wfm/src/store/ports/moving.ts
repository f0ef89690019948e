/** What the store keeps of clients that move to another WFM, or that learn of their retirement. */
import type { Acknowledgement } from '@muster/protocol';
import type { Rebind } from '../../fleet/rebind.ts';

export interface MovingStore {
  /** Orders a client to another WFM. @returns the order on file when there is an open one to another place, or the state that forbids it */
  order(
    clientId: string,
    order: Pick<Rebind, 'orderId' | 'joinString' | 'to' | 'pins'>,
    by: { readonly actor: string; readonly reason: string | null; readonly now: number },
  ): Promise<'ordered' | 'unchanged' | 'conflict' | 'not-found'>;
  /** Takes an open order back. */
  cancel(
    clientId: string,
    actor: string,
    now: number,
  ): Promise<'cancelled' | 'unchanged' | 'conflict' | 'not-found'>;
  /** Notes that the order went out with an answer. */
  told(clientId: string, orderId: string, now: number): Promise<void>;
  /** Takes what a client confirms; the same again changes nothing. A client that has moved is retired by it. */
  acknowledge(
    clientId: string,
    acknowledgement: Acknowledgement,
    now: number,
  ): Promise<'noted' | 'unchanged' | 'conflict'>;
}
