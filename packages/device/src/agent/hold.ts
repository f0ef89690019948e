/** The daemon's hold on its state folder, which it lends to a command for as long as that works there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DeviceError } from '../errors.ts';
import { lockState } from '../state/lock.ts';

/** A command that has asked for the folder. */
interface Guest {
  readonly enter: () => void;
  readonly hasLeft: Promise<void>;
}

/** Between two tries to take the folder again, in milliseconds. */
const again = 500;

/** Held by the daemon, or lent to one command at a time. */
export class Hold {
  readonly #directory: string;
  #unlock: (() => Promise<void>) | null;
  #guest: Guest | null = null;

  private constructor(directory: string, unlock: () => Promise<void>) {
    this.#directory = directory;
    this.#unlock = unlock;
  }

  /** @throws DeviceError `state` when another process works on the folder */
  static async take(directory: string): Promise<Hold> {
    return new Hold(directory, await lockState(directory));
  }

  /** A command waits for the folder. */
  get isWanted(): boolean {
    return this.#guest !== null;
  }

  /**
   * Asks for the folder, and waits until it is free.
   * @returns what gives it back
   * @throws DeviceError `state` when another command has asked already
   */
  async ask(): Promise<() => void> {
    if (this.#guest !== null)
      throw new DeviceError('state', 'Another command works on this folder just now.', {
        nextStep: 'Try again when it has ended.',
      });
    let leave: () => void = () => undefined;
    const hasLeft = new Promise<void>((resolve) => (leave = resolve));
    await new Promise<void>((enter) => {
      this.#guest = { enter, hasLeft };
    });
    return leave;
  }

  /**
   * Lends the folder to the command that waits, and takes it again when that has ended.
   * @param signal ends the waiting; the folder is not taken again then
   * @param onTrouble called with what keeps the folder from being taken again, each time
   */
  async lend(
    signal: AbortSignal,
    onTrouble: (why: Pick<DeviceError, 'message' | 'nextStep'>) => void,
  ): Promise<void> {
    const guest = this.#guest;
    if (guest === null) return;
    await this.#release();
    guest.enter();
    const stopped = new AbortController();
    const isStopped = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true, signal: stopped.signal }),
    );
    if (!signal.aborted) await Promise.race([guest.hasLeft, isStopped]);
    stopped.abort();
    this.#guest = null;
    // A command that was not sent here may have been faster, and a disk may be full: both pass.
    while (!signal.aborted && this.#unlock === null)
      this.#unlock = await lockState(this.#directory).catch((error: unknown) => {
        const { message } = error as Error;
        const nextStep = error instanceof DeviceError ? error.nextStep : 'Make the folder writable again.';
        onTrouble({ message, nextStep });
        return sleep(again, null);
      });
  }

  /** Gives the folder up; a command that waits finds it free. */
  async end(): Promise<void> {
    await this.#release();
    this.#guest?.enter();
  }

  async #release(): Promise<void> {
    const unlock = this.#unlock;
    this.#unlock = null;
    await unlock?.();
  }
}
