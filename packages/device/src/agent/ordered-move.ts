/** The order of a WFM to move to another, followed beside the daemon's loop, which serves the old WFM until the switch. */
import type { RebindOrder } from '@muster/protocol';
import type { Binding } from '../binding/binding.ts';
import type { RebindOptions } from '../verbs/rebind.ts';

interface OrderedMoveOptions extends Omit<RebindOptions, 'trust' | 'signal'> {
  readonly acceptRebind: 'direct' | 'always' | 'never';
  readonly signal: AbortSignal;
  /** Called when another binding is in force. */
  readonly moved: () => void;
}

/** From one try to fulfil an order to the next, in milliseconds. */
const aWhile = 3_600_000;

/** Follows one order at a time. */
export class OrderedMove {
  readonly #o: OrderedMoveOptions;
  #running: {
    readonly wfm: string;
    readonly orderId: string;
    readonly stop: AbortController;
    readonly done: Promise<void>;
  } | null = null;
  #settled = { orderId: '', at: 0 };

  constructor(o: OrderedMoveOptions) {
    this.#o = o;
  }

  get #now(): () => number {
    return this.#o.now ?? Date.now;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** Resolves when no move runs. */
  async end(): Promise<void> {
    await this.#running?.done;
  }

  /** Looks at what a binding says, and begins, goes on or stops. */
  follow({ wfm, order, anchors }: Binding): void {
    if (this.#running !== null) {
      // Taken back, or replaced by another: the WFM that gave it says so with its next answer.
      if (wfm === this.#running.wfm && order?.orderId !== this.#running.orderId) this.#running.stop.abort();
      return;
    }
    const { acceptRebind, signal } = this.#o;
    // One that has failed is gone from the binding once its WFM knows why; until then it is tried again, slowly.
    const { orderId, at } = this.#settled;
    const isSettled = order?.orderId === orderId && Math.abs(this.#now() - at) < aWhile;
    if (order === null || isSettled || acceptRebind === 'never') return;
    const isInspected = anchors.kind === 'ca' && (anchors.also ?? []).length > 0;
    if (acceptRebind === 'direct' && isInspected) return;
    const stop = new AbortController();
    const done = this.#run(order, AbortSignal.any([signal, stop.signal]));
    this.#running = { wfm, orderId: order.orderId, stop, done };
  }

  async #run(order: RebindOrder, signal: AbortSignal): Promise<void> {
    try {
      const { followOrder } = await import('../verbs/rebind.ts');
      await followOrder({ ...this.#o, trust: { joinString: order.joinString }, signal }, order);
      this.#o.moved();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#o.onEvent?.({ event: 'notice', text: `This device does not move: ${why}` });
    } finally {
      this.#settled = { orderId: order.orderId, at: this.#now() };
      this.#running = null;
    }
  }
}
