/** What a transaction has sent, and does not wait for before its end. */
export class Sent {
  readonly #writings: Promise<unknown>[] = [];

  add(writing: Promise<unknown>): void {
    // Whoever ends the transaction is told.
    writing.catch(() => undefined);
    this.#writings.push(writing);
  }

  /** @throws what the first that failed has thrown */
  async all(): Promise<void> {
    await Promise.all(this.#writings);
  }
}
