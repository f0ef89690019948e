const failureLimit = 20;
const failureWindow = 60_000;

/** Counts failures by whoever fails; bounded, and forgetful after a minute. */
export class Failures {
  readonly #counts = new Map<string, { count: number; until: number }>();

  /** @returns seconds to wait, or 0 */
  wait(who: string, now: number): number {
    const recent = this.#counts.get(who);
    if (recent === undefined || recent.until <= now || recent.count < failureLimit) return 0;
    return Math.ceil((recent.until - now) / 1000);
  }

  note(who: string, now: number): void {
    const recent = this.#counts.get(who);
    if (this.#counts.size > 10_000) this.#counts.clear();
    const count = recent !== undefined && recent.until > now ? recent.count + 1 : 1;
    this.#counts.set(who, { count, until: now + failureWindow });
  }
}
