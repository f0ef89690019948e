/** When the WFM is killed: somewhere along an act, or at the moment in which what it does comes to the database. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Something that changes whenever anything is written to the database. */
export type Watch = () => Promise<string>;

/** Where along its usual length an act is cut, from 0 to 1; or how many milliseconds after its write is first seen. */
export type Point = { readonly along: number } | { readonly afterWrite: number };

/** Knows how long acts take, and waits for a point of one. */
export class Aim {
  readonly #watch: Watch;
  /** By kind of act: milliseconds, of those that nobody has cut. */
  readonly #lengths = new Map<string, number>();

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  /** Runs an act, and remembers how long it took. */
  async run(kind: string, act: () => Promise<void>): Promise<void> {
    const began = performance.now();
    await act();
    const took = performance.now() - began;
    this.#lengths.set(kind, ((this.#lengths.get(kind) ?? took) + took) / 2);
  }

  /**
   * Waits from the beginning of an act to a point of it.
   * @param isOver whether the act has come to its end meanwhile
   */
  async reach(kind: string, point: Point, isOver: () => boolean): Promise<void> {
    if ('along' in point) return void (await sleep(point.along * (this.#lengths.get(kind) ?? 50)));
    const before = await this.#watch();
    // No timer between two looks: the write and the answer after it may be a millisecond.
    while (!isOver() && (await this.#watch()) === before)
      await new Promise((resolve) => setImmediate(resolve));
    if (point.afterWrite > 0) await sleep(point.afterWrite);
  }
}
