import type { TokenStore } from '../store/ports.ts';

/** When tokens were used last: noted in memory, written many at a time, and before a list of tokens is read. */
export class TokenUses {
  readonly #tokens: TokenStore;
  readonly #seen = new Map<string, number>();

  constructor(tokens: TokenStore) {
    this.#tokens = tokens;
  }

  /** @param at milliseconds since 1970 */
  note(tokenSha256: string, at: number): void {
    this.#seen.set(tokenSha256, at);
  }

  /** Writes what was noted. */
  async flush(): Promise<void> {
    const seen = new Map(this.#seen);
    this.#seen.clear();
    try {
      await this.#tokens.touch(seen);
    } catch (error) {
      for (const [token, at] of seen) if (!this.#seen.has(token)) this.#seen.set(token, at);
      throw error;
    }
  }
}
