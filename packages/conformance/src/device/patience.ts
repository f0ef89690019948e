/** Waiting for the client: said aloud, and never longer than was allowed. */

/** Nobody came in time, or the run was stopped. */
export class GoneError extends Error {
  override readonly name = 'GoneError';
  /** Somebody has ended the run: nothing can be said of the client. */
  readonly isStopped: boolean;

  constructor(message: string, isStopped: boolean) {
    super(message);
    this.isStopped = isStopped;
  }
}

/** What is waited for. */
export interface Wanted {
  readonly scene: string;
  readonly for: string;
  /** What to do where the client does not come by itself. */
  readonly nextStep: string;
}

/** Told when the play waits for the client. */
export interface Waiting extends Wanted {
  readonly event: 'waiting';
  readonly seconds: number;
}

interface PatienceOptions {
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
  readonly onWaiting: (waiting: Waiting) => void;
}

export class Patience {
  readonly #o: PatienceOptions;

  constructor(o: PatienceOptions) {
    this.#o = o;
  }

  /**
   * Waits for what comes.
   * @param begin is given what to call with it
   * @throws GoneError
   */
  wait<T>(what: Wanted, begin: (come: (it: T) => void) => void): Promise<T> {
    const { waitSeconds, signal, onWaiting } = this.#o;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      };
      const stop = (): void => {
        end();
        const why = signal.aborted ? 'the run was stopped' : `waited ${waitSeconds} s for ${what.for}`;
        reject(new GoneError(why, signal.aborted));
      };
      const timer = setTimeout(stop, waitSeconds * 1000);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) return stop();
      begin((it) => {
        end();
        resolve(it);
      });
      return onWaiting({ event: 'waiting', ...what, seconds: waitSeconds });
    });
  }
}
