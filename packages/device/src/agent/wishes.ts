/** Who has asked the daemon over its socket to report now, and waits for what comes of it. */

/** Those who wait, and what they are given in the end. */
export class Wishes {
  #waiting: Array<{ resolve: (value: object) => void; reject: (error: unknown) => void }> = [];

  get some(): boolean {
    return this.#waiting.length > 0;
  }

  /** @returns what {@link fulfil} gives; rejects with what {@link refuse} gives */
  add(): Promise<object> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  fulfil(value: object): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(value);
  }

  refuse(error: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
