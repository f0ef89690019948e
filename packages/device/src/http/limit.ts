/** How long an exchange may take, and who else may end it. */

/**
 * A signal for one exchange. In the place of AbortSignal.any and AbortSignal.timeout: these leave something of each call with
 * the signal of whoever called, which lives as long as a daemon, and a timer that runs on.
 */
export class Limit {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #parent: AbortSignal | undefined;
  readonly #stop = (): void => this.#controller.abort();
  #isLate = false;

  /** Call {@link end} when the exchange is over. */
  constructor(milliseconds: number, parent: AbortSignal | undefined) {
    this.#parent = parent;
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      this.#stop();
    }, milliseconds);
    if (parent?.aborted === true) this.#stop();
    else parent?.addEventListener('abort', this.#stop, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the time is over. */
  get isLate(): boolean {
    return this.#isLate;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#parent?.removeEventListener('abort', this.#stop);
  }
}
