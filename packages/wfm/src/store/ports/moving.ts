/** What the store keeps of clients that move to another WFM, or that learn of their retirement. */
import type { Acknowledgement } from '@muster/protocol';
import type { Rebind } from '../../fleet/rebind.ts';
import type { ClientRecord, KeptReceipt } from './clients.ts';
import type { DeviceRecord } from './devices.ts';

/** All that goes into the file of a client. */
export interface ClientFacts {
  readonly client: ClientRecord;
  readonly devices: readonly DeviceRecord[];
  /** Oldest first. */
  readonly receipts: readonly KeptReceipt[];
}

export interface MovingStore {
  /**
   * Makes the file of a client, and with `retire` takes the client out of service in the same transaction. The same call for
   * one that has left by it gives the same file again.
   * @param o.make signs; asks the store for nothing
   */
  exportClient(o: {
    clientId: string;
    retire: { readonly reason: string } | null;
    actor: string;
    now: number;
    maximumBytes: number;
    make: (facts: ClientFacts) => Promise<string>;
  }): Promise<
    | { readonly result: 'exported'; readonly file: string }
    | { readonly result: 'not-found' | 'retired' | 'too-large' }
  >;
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
