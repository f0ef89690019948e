import { EventEmitter, once } from 'node:events';

/** Tells requests that wait for an operator, in this process, that somebody has decided. */
export class DecisionSignal {
  readonly #events = new EventEmitter().setMaxListeners(0);

  /** @param spkiSha256 the key whose request was decided */
  decided(spkiSha256: string): void {
    this.#events.emit(spkiSha256);
  }

  /** Resolves at the decision, after `ms`, or when the signal aborts; which of them does not matter to the caller. */
  async wait(spkiSha256: string, ms: number, signal?: AbortSignal): Promise<void> {
    const timeout = AbortSignal.timeout(Math.max(1, ms));
    const both = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    await once(this.#events, spkiSha256, { signal: both }).catch(() => undefined);
  }
}
