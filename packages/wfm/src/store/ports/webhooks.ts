/** What the WFM keeps about receivers of its events. Times are integer milliseconds since 1970. */
import type { Page, PageRequest } from './paging.ts';

/** `events`: told what happens. `admission`: asked who gets in. */
export type WebhookKind = 'events' | 'admission';

/** What an administrator says about a webhook. */
interface WebhookTerms {
  readonly name: string;
  readonly kind: WebhookKind;
  readonly url: string;
  /** JSON list of beginnings of actions; an empty one stands for all. */
  readonly types: string;
  /** The CAs to trust in the place of the public ones. */
  readonly caPem: string | null;
}

export interface WebhookRecord extends WebhookTerms {
  /** 1 or 0: SQLite has no other truth. */
  readonly enabled: number;
  readonly createdAt: number;
  readonly createdBy: string;
  /** The last entry of the audit log that is done with. */
  readonly position: number;
  /** How often the entry after it was tried. */
  readonly tries: number;
  readonly nextTryAt: number;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly lastAt: number | null;
  /** Dead letters that had to make room for newer ones. */
  readonly dropped: number;
  /** The instance that delivers, and until when it may. */
  readonly leaseOwner: string | null;
  readonly leaseUntil: number;
}

/** An entry that a receiver did not take, however often it was tried. */
export interface DeadLetter {
  readonly webhook: string;
  readonly seq: number;
  readonly diedAt: number;
  readonly tries: number;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  /** 1 when an operator has put it back. */
  readonly queued: number;
}

/** What came of one try. */
export interface Attempt {
  readonly status: number | null;
  readonly error: string | null;
  readonly at: number;
}

/** What the list may be sorted by; the first is meant when nothing is said. */
export const webhookSorts = ['name', 'createdAt'] as const;
export type WebhookSort = (typeof webhookSorts)[number];

/** What the list may be sorted by; the first is meant when nothing is said. */
export const deadLetterSorts = ['seq'] as const;
export type DeadLetterSort = (typeof deadLetterSorts)[number];

export interface WebhookStore {
  all(): Promise<WebhookRecord[]>;
  list(
    o: PageRequest<WebhookSort> & { kind?: WebhookKind | undefined; isEnabled?: boolean | undefined },
  ): Promise<Page<WebhookRecord>>;
  get(name: string): Promise<WebhookRecord | null>;
  /** The webhook that is asked who gets in; the first by name when there are several. */
  admission(): Promise<WebhookRecord | null>;
  /** Adding the same again changes nothing. A new one begins with what happens after it. */
  add(
    terms: WebhookTerms,
    actor: string,
    now: number,
  ): Promise<'added' | 'unchanged' | 'conflict' | 'too-many'>;
  /** @returns null when there is none of this name */
  setEnabled(name: string, enabled: boolean, actor: string, now: number): Promise<WebhookRecord | null>;
  remove(name: string, actor: string, now: number): Promise<boolean>;
  deadLetters(name: string, o: PageRequest<DeadLetterSort>): Promise<Page<DeadLetter>>;
  countDeadLetters(name: string): Promise<number>;
  /** Puts dead letters back, one or all. @returns how many */
  retry(name: string, seq: number | undefined, actor: string, now: number): Promise<number>;

  /** Takes or renews the right to deliver. @returns the record as it stands then, or null when another instance has it */
  lease(name: string, owner: string, until: number, now: number): Promise<WebhookRecord | null>;
  release(name: string, owner: string): Promise<void>;
  /** The names of those with dead letters that were put back. */
  withQueued(): Promise<ReadonlySet<string>>;
  /** The oldest dead letter that was put back. */
  nextQueued(name: string): Promise<DeadLetter | null>;
  /**
   * Notes what came of a try. Nothing is noted, and false answered, when the lease has gone to another instance.
   * @param o.seq the entry that was tried
   * @param o.outcome `done`: go on after it; `later`: try again at `nextTryAt`; `dead`: keep it as a dead letter and go on
   * @param o.wasDead it was a dead letter that had been put back: the position stays
   */
  note(o: {
    name: string;
    owner: string;
    leaseUntil: number;
    seq: number;
    outcome: 'done' | 'later' | 'dead';
    wasDead: boolean;
    tries: number;
    nextTryAt: number;
    attempt: Attempt;
    keepDeadLetters: number;
  }): Promise<boolean>;
}
