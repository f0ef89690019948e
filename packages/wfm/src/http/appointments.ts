/** When whom we refuse for overload shall come again. */

/** Seconds. */
const soonest = 2;
const longest = 60;
/** Requests per second that are assumed before anything was measured. */
const slowest = 20;
/** The rest is left to those who come for the first time. */
const share = 0.8;

/**
 * Gives each refused request a time of its own, one after another at the pace at which requests were lately served, so that
 * they do not come back together and are refused again. Pure but for what it remembers.
 */
export class Appointments {
  #next = 0;
  #perSecond = slowest;
  #second = { at: Number.NEGATIVE_INFINITY, served: 0 };

  /** Notes that a request was served. @param now milliseconds */
  served(now: number): void {
    this.#measure(now);
    this.#second.served++;
  }

  /**
   * The next free time.
   * @param now milliseconds
   * @returns whole seconds from now, for Retry-After
   */
  give(now: number): number {
    this.#measure(now);
    const next = Math.max(this.#next, now + soonest * 1000) + 1000 / (this.#perSecond * share);
    this.#next = Math.min(next, now + longest * 1000);
    return Math.ceil((this.#next - now) / 1000);
  }

  /** In a second of refusals little is served: what counts is the best of late. */
  #measure(now: number): void {
    const elapsed = now - this.#second.at;
    if (elapsed < 1000) return;
    const seen = (this.#second.served * 1000) / elapsed;
    this.#perSecond = Math.max(slowest, seen, this.#perSecond * 0.9);
    this.#second = { at: now, served: 0 };
  }
}
