/** Which signed requests were seen. */

/** That a signature base of a key was used. */
export interface Claim {
  readonly spkiSha256: string;
  readonly baseSha256: string;
  /** Until when it has to be remembered. */
  readonly expiresAt: number;
}

export interface ReplayStore {
  /** @returns true the first time; durable, and across instances on one database */
  claim(claim: Claim): Promise<boolean>;
  sweep(now: number): Promise<number>;
}
