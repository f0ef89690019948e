/** Other WFMs whose word is believed. */

/** Another WFM whose signature under a client is believed: the fingerprint of its certificate. */
export interface SignerRecord {
  readonly fingerprint: string;
  readonly note: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
}

export interface SignerStore {
  has(fingerprint: string): Promise<boolean>;
  list(): Promise<SignerRecord[]>;
  /** The same again changes nothing; another note takes the place of the one before. */
  add(signer: SignerRecord): Promise<void>;
  remove(fingerprint: string, actor: string, now: number): Promise<boolean>;
}
