/** Certificates and keys that are let in when they come. */
import type { Page, PageRequest } from './paging.ts';

export interface Preauthorization {
  readonly fingerprint: string;
  readonly kind: 'certificate' | 'key';
  readonly note: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly usedAt: number | null;
  /** The clientId that this key gets when it comes. */
  readonly clientId: string | null;
}

/** What the list may be sorted by; the first is meant when nothing is said. */
export const preauthorizationSorts = ['fingerprint', 'createdAt'] as const;
export type PreauthorizationSort = (typeof preauthorizationSorts)[number];

export interface PreauthorizationStore {
  add(
    items: ReadonlyArray<{ fingerprint: string; kind: 'certificate' | 'key'; note?: string | undefined }>,
    actor: string,
    now: number,
    /** Count what would be added, and add nothing. */
    dryRun?: boolean,
  ): Promise<{ added: number; existing: number }>;
  /**
   * Pre-authorises a key and sets a clientId aside for it: the one that it has, or was given before, or this one.
   * One transaction; equal calls give equal answers.
   */
  setAside(o: {
    spkiSha256: string;
    clientId: string;
    note: string;
    actor: string;
    now: number;
    dryRun: boolean;
  }): Promise<
    | { status: 'added' | 'existing' | 'onboarded'; clientId: string }
    | { status: 'would-add'; clientId: null }
    | { refused: 'key-given-up' | 'blocked' | 'retired' }
  >;
  match(certificateSha256: string, spkiSha256: string): Promise<Preauthorization | null>;
  list(
    o: PageRequest<PreauthorizationSort> & {
      fingerprintPrefix?: string | undefined;
      isUsed?: boolean | undefined;
      kind?: Preauthorization['kind'] | undefined;
    },
  ): Promise<Page<Preauthorization>>;
  remove(fingerprint: string, actor: string, now: number): Promise<boolean>;
}
