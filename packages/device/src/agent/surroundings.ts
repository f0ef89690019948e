/** What changes around a daemon: the inventory of a gateway, and the machine itself. */
import { recallHardware, refreshHardware } from '../capabilities/hardware.ts';
import { DeviceError } from '../errors.ts';
import type { OnEvent } from '../events.ts';

interface SurroundingsOptions {
  readonly stateDirectory: string;
  readonly inventory: string | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent | undefined;
  /** Called when there may be something else to report. */
  readonly changed: () => void;
}

/** Watched while a daemon runs. */
export class Surroundings {
  readonly #o: SurroundingsOptions;
  #isRecalled = false;

  constructor(o: SurroundingsOptions) {
    this.#o = o;
  }

  /** @returns what ends the watching */
  async watch(): Promise<() => void> {
    const { inventory, changed } = this.#o;
    if (inventory === undefined) return () => undefined;
    const { watchInventory } = await import('../gateway/watch.ts');
    return watchInventory(inventory, changed);
  }

  /** Before the first report, which goes by what the last start has found. */
  async recallHardware(): Promise<void> {
    this.#isRecalled = await recallHardware(this.#o.stateDirectory);
  }

  /** After the first report: it is corrected when that is not so any more. */
  async lookAtHardware(): Promise<void> {
    const { stateDirectory, signal, onEvent, changed } = this.#o;
    const anew = this.#isRecalled;
    try {
      if ((await refreshHardware({ stateDirectory, anew, signal })) && anew) changed();
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      if (!signal.aborted) onEvent?.({ event: 'notice', text: `${error.message} ${error.seen ?? ''}` });
    }
  }
}
