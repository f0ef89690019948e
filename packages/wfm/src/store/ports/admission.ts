/** What decides who gets in: authorities, revocation lists, rules and tickets. */
import type { Page, PageRequest } from './paging.ts';

/** A group of device authorities as it is kept. */
export interface AuthorityRecord {
  readonly name: string;
  /** PEM. */
  readonly anchors: Uint8Array;
  readonly intermediates: Uint8Array;
  readonly crlPolicy: 'none' | 'warn' | 'fail-closed';
  readonly crlUrl: string | null;
  readonly note: string | null;
  readonly position: number;
  readonly createdAt: number;
  readonly createdBy: string;
}

export interface CrlRecord {
  readonly authority: string;
  readonly issuerSha256: string;
  readonly der: Uint8Array;
  readonly thisUpdate: number;
  readonly nextUpdate: number | null;
  readonly entries: number;
  readonly addedAt: number;
  readonly addedBy: string;
}

export interface RuleSetRecord {
  readonly version: number;
  readonly document: string;
  readonly comment: string;
  readonly createdAt: number;
  readonly createdBy: string;
}

export interface TicketRecord {
  readonly ticketSha256: string;
  /** The identity that whoever brings it takes over; null for a new one. */
  readonly clientId: string | null;
  readonly usesLeft: number;
  readonly labels: string;
  readonly note: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

/** A ticket that was taken back has expired. */
export type TicketState = 'open' | 'used' | 'expired';
export const ticketSorts = ['createdAt', 'expiresAt'] as const;
export type TicketSort = (typeof ticketSorts)[number];

/** What the list may be sorted by; the first is meant when nothing is said. */
export const authoritySorts = ['createdAt', 'name'] as const;
export type AuthoritySort = (typeof authoritySorts)[number];

/** What decides who gets in. Each change raises the version, by which all instances notice it. */
export interface AdmissionStore {
  version(): Promise<number>;
  /** All, in the order in which they are tried. */
  authorities(): Promise<AuthorityRecord[]>;
  listAuthorities(o: PageRequest<AuthoritySort>): Promise<Page<AuthorityRecord>>;
  /** The revocation lists of some groups, without the lists themselves. */
  crlsOf(authorities: readonly string[]): Promise<Omit<CrlRecord, 'der'>[]>;
  /** The same again changes nothing; the same name with other terms is a conflict. */
  addAuthority(
    authority: AuthorityRecord,
  ): Promise<{ result: 'added' | 'unchanged' | 'conflict'; present: AuthorityRecord }>;
  removeAuthority(name: string, actor: string, now: number): Promise<boolean>;
  crls(): Promise<CrlRecord[]>;
  /** An older list than the present one is refused: it could hide a revocation. */
  putCrl(crl: CrlRecord): Promise<'stored' | 'unchanged' | 'older'>;
  rules(): Promise<RuleSetRecord | null>;
  /** @param expectedVersion the rule set that was edited; 0 when there was none */
  putRules(
    document: string,
    comment: string,
    expectedVersion: number,
    actor: string,
    now: number,
  ): Promise<RuleSetRecord | 'conflict'>;
  countByRule(rule: string): Promise<number>;
  addTicket(ticket: TicketRecord): Promise<void>;
  ticket(ticketSha256: string, now: number): Promise<TicketRecord | null>;
  listTickets(
    o: PageRequest<TicketSort> & {
      state?: TicketState | undefined;
      clientId?: string | undefined;
      now: number;
    },
  ): Promise<Page<TicketRecord>>;
  /**
   * Lets its time end now.
   * @param ticketId the beginning of its hash
   * @returns `unchanged` when it is used up, or its time is over
   */
  revokeTicket(ticketId: string, actor: string, now: number): Promise<'revoked' | 'unchanged' | 'not-found'>;
}
