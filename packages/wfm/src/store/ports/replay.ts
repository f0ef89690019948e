/** Which signed requests were seen. */

export interface ReplayStore {
  /** @returns true the first time; durable, and across instances on one database */
  claim(spkiSha256: string, baseSha256: string, expiresAt: number): Promise<boolean>;
  sweep(now: number): Promise<number>;
}
