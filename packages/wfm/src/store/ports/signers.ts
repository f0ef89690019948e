/** Other WFMs whose word is believed. */
import type { Page, PageRequest } from './paging.ts';

/** Another WFM whose signature under a client is believed: the fingerprint of its certificate. */
export interface SignerRecord {
  readonly fingerprint: string;
  readonly note: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** What the list may be sorted by; the first is meant when nothing is said. */
export const signerSorts = ['createdAt', 'fingerprint'] as const;
export type SignerSort = (typeof signerSorts)[number];

export interface SignerStore {
  has(fingerprint: string): Promise<boolean>;
  list(o: PageRequest<SignerSort>): Promise<Page<SignerRecord>>;
  /** The same again changes nothing; another note takes the place of the one before. */
  add(signer: SignerRecord): Promise<void>;
  remove(fingerprint: string, actor: string, now: number): Promise<boolean>;
}
