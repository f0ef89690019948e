/** The words to a WFM that this device has left, which did not get through: said again beside the daemon's loop, ever less often. */
import { openFarewells } from '../binding/farewell.ts';
import type { DeviceClock } from '../clock/clock.ts';
import { DeviceError, namedFileError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import { openIdentity } from '../key/identity.ts';

interface FarewellsOptions {
  readonly stateDirectory: string;
  readonly clock: DeviceClock;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly onEvent: OnEvent | undefined;
}

const [aMinute, aDay] = [60_000, 86_400_000];

/** Milliseconds from one try to the next, with jitter: from a minute up to a day. */
export function farewellPause(tries: number, random: number): number {
  return Math.min(aDay, aMinute * 2 ** Math.min(tries, 20)) * (1 + random * 0.1);
}

/** Says at most one round of farewells at a time. */
export class Farewells {
  readonly #o: FarewellsOptions;
  #running: Promise<void> | null = null;
  #tries = 0;
  #last = { at: 0, pause: 0 };

  constructor(o: FarewellsOptions) {
    this.#o = o;
  }

  /** Resolves when none is being said. */
  async end(): Promise<void> {
    await this.#running;
  }

  /** Begins when it is time. To be called while the WFM in force answers, so that a network that is away uses up no tries. */
  follow(): void {
    const { at, pause } = this.#last;
    // A clock that is set back must not put it off.
    if (this.#running !== null || Math.abs(this.#o.now() - at) < pause) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
  }

  async #run(): Promise<void> {
    const { stateDirectory, clock, onEvent, now } = this.#o;
    try {
      const open = await openFarewells(stateDirectory);
      if (open.length === 0) {
        this.#tries = 0;
        this.#last = { at: now(), pause: 0 };
        return;
      }
      this.#last = { at: now(), pause: farewellPause(this.#tries++, Math.random()) };
      const identity = await openIdentity({ stateDirectory, clock });
      const { bidFarewell } = await import('../onboarding/farewell.ts');
      for (const one of open) {
        const { isDone, notTold } = await bidFarewell({ ...this.#o, identity }, one);
        if (!isDone) continue;
        const { wfm } = one.binding;
        const text =
          notTold === null
            ? `${wfm} knows now that this device has moved.`
            : `${wfm} could not be told that this device has moved, and is not asked again: ${notTold}`;
        onEvent?.({ event: 'notice', text });
      }
    } catch (error) {
      // A damaged file, or a token that is away: the loop says so, and it is tried again.
      if (!(namedFileError(error) instanceof DeviceError)) throw error;
    }
  }
}
