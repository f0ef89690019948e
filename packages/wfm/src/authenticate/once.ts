/** That a signed request counts once. */
import { HttpProblem } from '../http/problem.ts';
import type { Claim, ReplayStore } from '../store/ports.ts';

/**
 * The claim of a request whose signature is true. It is made before anything else is written for the request, or in the
 * same transaction: so a replay changes nothing, and costs the disk no second wait.
 */
export class Once {
  readonly #memory: ReplayStore;
  readonly #claim: Claim;
  #isLeft: boolean;

  /** @param o.mayRepeat what only reads is not claimed */
  constructor(memory: ReplayStore, claim: Claim, { mayRepeat }: { mayRepeat: boolean }) {
    this.#memory = memory;
    this.#claim = claim;
    this.#isLeft = !mayRepeat;
  }

  /**
   * Claims now, unless that is done.
   * @throws HttpProblem `signature-verification-failed` for a replay
   */
  async now(): Promise<void> {
    const claim = this.take();
    if (claim !== null && !(await this.#memory.claim(claim))) throw this.refusal();
  }

  /** Hands the claim to whoever makes it; null when that is done. */
  take(): Claim | null {
    if (!this.#isLeft) return null;
    this.#isLeft = false;
    return this.#claim;
  }

  /** The answer to a replay. */
  refusal(): HttpProblem {
    return new HttpProblem('signature-verification-failed', {
      detail:
        'This signature base was used before. Sign again; add a random nonce to writes that repeat within a second.',
      extra: {
        check: 'replayed',
        seen: `base SHA-256 ${this.#claim.baseSha256}`,
        expected: 'a base that was not used before',
        nextStep: 'Sign again with a nonce.',
      },
    });
  }
}
