/** Requests to be let in, and what became of them. */
import type { Applicant, Receipt } from './applicants.ts';
import type { ClientRecord } from './clients.ts';
import type { Page, PageRequest } from './paging.ts';

export type EnrollmentState = 'pending' | 'approved' | 'rejected';

/** The rule under which a receipt says that an operator has decided. */
export const approvedByOperator = 'approved by an operator';

/** Why a request waits, and what it gets when it is approved. */
export interface HoldTerms {
  readonly rule: string;
  readonly holdReason: string;
  readonly approvalsNeeded: number;
  readonly authority: string | null;
  /** JSON object of strings. */
  readonly labels: string;
  /** A client that looks like the same machine with another key. */
  readonly lookalike: string | null;
  /** The facts of the certificate as JSON, for rehearsals. */
  readonly evidence: string | null;
  /** PEM of the CAs that were sent along. */
  readonly chain: Uint8Array | null;
}

/** A request to be let in, and what became of it. One per key. */
export interface EnrollmentRecord extends Omit<Applicant, 'serialNumber'>, HoldTerms {
  readonly enrollmentId: string;
  readonly state: EnrollmentState;
  readonly clientId: string | null;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly attempts: number;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
  /** JSON list of the operators who have approved so far. */
  readonly approvals: string;
  /** With several needed: the client that the first approval gives the key to; null for a new one. */
  readonly approvalInto: string | null;
}

interface Decision<Result extends string> {
  readonly result: Result;
  readonly enrollment?: EnrollmentRecord;
}

/** What came of letting in: `created` is false for a key that was in already. */
export type Admitted =
  | { readonly result: 'admitted'; readonly client: ClientRecord; readonly created: boolean }
  | { readonly result: 'quota-used' | 'rejected' | 'ticket-used' | 'key-given-up' | 'identity-taken' };

export interface EnrollmentFilter {
  readonly state?: EnrollmentState | undefined;
  /** Part of the subject, any case. */
  readonly text?: string | undefined;
  /** Of the certificate or of the key; hex. */
  readonly fingerprintPrefix?: string | undefined;
  readonly authority?: string | undefined;
}

/** What the list may be sorted by; the first is meant when nothing is said. */
export const enrollmentSorts = ['firstSeenAt', 'lastSeenAt', 'subject'] as const;
export type EnrollmentSort = (typeof enrollmentSorts)[number];

export interface EnrollmentStore {
  byKey(spkiSha256: string): Promise<EnrollmentRecord | null>;
  byId(enrollmentId: string): Promise<EnrollmentRecord | null>;
  list(o: PageRequest<EnrollmentSort> & EnrollmentFilter): Promise<Page<EnrollmentRecord>>;
  /** Inserts or refreshes the request of this key; a decided one stays decided. */
  recordPending(applicant: Applicant, terms: HoldTerms, now: number): Promise<EnrollmentRecord>;
  /** Creates the client, or answers the one this key already has. One transaction; equal calls give equal answers. */
  admit(o: {
    applicant: Applicant;
    clientId: string;
    decidedBy: string;
    terms: HoldTerms;
    receipt: Receipt | null;
    /** The most clients that this rule may let in. */
    quota?: number | null;
    ticketSha256?: string | null;
    /** The key has proved that this clientId is its own: it counts more than one that was set aside. */
    isClaimed?: boolean;
    /** The clientId exists: its old key is given up for this one. */
    takesOver?: boolean;
    /** A rejection that has come since the decision counts more than it. */
    unlessRejected?: boolean;
    now: number;
  }): Promise<Admitted>;
  /**
   * Approves; with two needed, the first approval is `recorded` only, and a second one that names another client is a
   * `disagreement`.
   * @param o.into an existing client that gets the new key
   */
  approve(
    enrollmentId: string,
    o: { clientId: string; actor: string; now: number; into?: string | undefined },
  ): Promise<
    Decision<
      'approved' | 'recorded' | 'unchanged' | 'not-found' | 'conflict' | 'disagreement' | 'no-such-client'
    >
  >;
  reject(
    enrollmentId: string,
    o: { actor: string; reason?: string | undefined; now: number },
  ): Promise<Decision<'rejected' | 'unchanged' | 'not-found' | 'conflict'>>;
  /** Keeps the signed request behind an identity that an operator approved while the device waited. */
  keepReceipt(o: {
    applicant: Applicant;
    receipt: Receipt;
    clientId: string;
    decidedBy: string;
    rule: string;
    now: number;
  }): Promise<void>;
  delete(enrollmentId: string, actor: string, now: number): Promise<boolean>;
  /**
   * A device takes its request back. A rejection stays; the same again changes nothing.
   * @param from the address it came from
   */
  withdraw(spkiSha256: string, from: string, now: number): Promise<'withdrawn' | 'unchanged' | 'conflict'>;
  sweepPending(olderThan: number, now: number): Promise<number>;
  countPending(): Promise<number>;
}
