/** What the WFM keeps, in words of the domain. Times are integer milliseconds since 1970; hashes are hex. */
import type { WebhookStore } from './webhook-ports.ts';
import type { FleetStore, LabelStore, ReservationStore } from './inventory-ports.ts';
import type { MovingStore } from './moving-ports.ts';

import type { ChainHead, ChainVerdict } from '../audit/chain.ts';

export type ClientState = 'active' | 'blocked' | 'retired';
export type EnrollmentState = 'pending' | 'approved' | 'rejected';

/** An onboarded client: one identity, bound to one public key. */
export interface ClientRecord {
  readonly clientId: string;
  readonly state: ClientState;
  readonly spkiSha256: string;
  readonly certificateSha256: string;
  readonly certificateDer: Uint8Array;
  readonly subject: string;
  readonly notAfter: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly decidedBy: string;
  readonly lastSeenAt: number | null;
  /** JSON object of strings. */
  readonly labels: string;
  /** The group of device authorities it came in by. */
  readonly authority: string | null;
  readonly rule: string;
  /** Hex, of the certificate. */
  readonly serialNumber: string;
  readonly blockedReason: string | null;
  /** Until when the key before this one still counts. */
  readonly previousUntil: number | null;
  /** The continuity proof given out last, the last one seen again, and when the last was given out. */
  readonly history: number;
  readonly historyConfirmed: number;
  readonly historyAt: number;
  /** The root CAs that it says it trusts, shortened; null for one that does not say. */
  readonly caPins: string | null;
  readonly retiredReason: string | null;
  /** When the client has confirmed that it knows of its retirement. */
  readonly acknowledgedAt: number | null;
  /** The last order to move to another WFM, as JSON of {@link Rebind}. */
  readonly rebind: string | null;
}

/** A key that was ever bound to a client. A key never changes its client. */
export interface ClientKey {
  readonly spkiSha256: string;
  readonly clientId: string;
  readonly state: 'current' | 'previous' | 'given-up';
  readonly certificateSha256: string;
  readonly certificateDer: Uint8Array;
  /** When a previous key stops to count. */
  readonly until: number | null;
  readonly addedAt: number;
}

/** What is known of a certificate that asks to be let in. */
export interface Applicant {
  readonly spkiSha256: string;
  readonly certificateSha256: string;
  readonly certificateDer: Uint8Array;
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: number;
  readonly serialNumber: string;
  readonly remoteAddress: string;
}

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
}

/** One reported device of a client. */
export interface DeviceRecord {
  readonly clientId: string;
  readonly deviceId: string;
  readonly profile: string;
  /** The capability model as JSON text. */
  readonly model: string;
  /** The exact bytes as received. */
  readonly document: Uint8Array;
  readonly digest: string;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastSeenAt: number;
}

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

export interface AuditRecord {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Record<string, unknown>;
  readonly hash: string;
  readonly previousHash: string;
}

/** The signed request as received: the evidence behind an identity. */
export interface Receipt {
  readonly method: string;
  readonly targetUri: string;
  readonly fields: readonly string[];
  readonly body: Uint8Array;
}

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface ClientFilter {
  readonly state?: ClientState | undefined;
  /** Part of the subject or clientId, any case. */
  readonly text?: string | undefined;
  /** Of the certificate or of the key; hex. */
  readonly fingerprintPrefix?: string | undefined;
  readonly authority?: string | undefined;
  /** One label, `key=value`, or `key` for any value. */
  readonly label?: string | undefined;
}

export type MoveResult = 'changed' | 'unchanged' | 'not-found' | 'conflict';

/** The receipt of an identity as it is kept. */
export interface KeptReceipt extends Receipt {
  readonly spkiSha256: string;
  readonly createdAt: number;
  readonly rule: string;
  readonly decidedBy: string;
  readonly clientId: string;
}

/** A report that comes with a client out of another WFM. */
export type ImportedDevice = Pick<DeviceRecord, 'deviceId' | 'profile' | 'model' | 'document' | 'digest'>;

export interface ClientStore {
  /** Takes a client over from another WFM. One transaction; the same again changes nothing. */
  importClient(o: {
    applicant: Applicant;
    clientId: string;
    state: 'active' | 'blocked';
    labels: Readonly<Record<string, string>>;
    devices: readonly ImportedDevice[];
    receipt: Omit<KeptReceipt, 'spkiSha256' | 'clientId'> | null;
    signer: string;
    actor: string;
    now: number;
  }): Promise<{
    result: 'imported' | 'unchanged' | 'retired' | 'other-key' | 'other-client';
    clientId: string;
  }>;
  /** The receipts of a client, oldest first. */
  receipts(clientId: string): Promise<KeptReceipt[]>;
  byId(clientId: string): Promise<ClientRecord | null>;
  byKey(spkiSha256: string): Promise<ClientRecord | null>;
  /** Whatever is known of a key, also of one that was given up. */
  keyOnFile(spkiSha256: string): Promise<ClientKey | null>;
  /** The key before the present one, while it still counts. */
  previousKey(clientId: string, now: number): Promise<ClientKey | null>;
  list(o: PageRequest & ClientFilter): Promise<Page<ClientRecord>>;
  /** An active client with another key whose certificate has this subject and came in by the same authority. */
  lookalike(subject: string, authority: string, spkiSha256: string): Promise<string | null>;
  setState(
    clientId: string,
    from: readonly ClientState[],
    to: ClientState,
    actor: string,
    now: number,
    reason?: string,
  ): Promise<MoveResult>;
  setLabels(
    clientId: string,
    labels: Readonly<Record<string, string>>,
    actor: string,
    now: number,
  ): Promise<boolean>;
  /**
   * Binds a new key or certificate that the present key has vouched for. The same call again changes nothing.
   * @param o.overlapUntil until when the old key still counts
   */
  rotate(o: {
    clientId: string;
    oldKey: string;
    applicant: Applicant;
    receipt: Receipt;
    overlapUntil: number;
    now: number;
  }): Promise<'rotated' | 'unchanged' | 'conflict'>;
  /** Gives up previous keys whose time is over. @returns how many */
  dropPreviousKeys(now: number): Promise<number>;
  /** Blocks the active clients of an authority whose certificates were revoked. @returns their ids */
  blockRevoked(authority: string, serials: ReadonlySet<string>, now: number): Promise<string[]>;
  /** Moves the continuity proof on. @returns false when somebody else was faster */
  setHistory(
    clientId: string,
    from: { latest: number; confirmed: number },
    to: { latest: number; confirmed: number },
    now: number,
  ): Promise<boolean>;
  /** Blocks an active client whose key seems to be in two places. */
  raiseCloneAlarm(clientId: string, why: string, now: number): Promise<void>;
  touch(seen: ReadonlyMap<string, number>): Promise<void>;
  /** Notes which root CAs a client trusts. */
  setCaPins(clientId: string, caPins: string): Promise<void>;
  /** Active clients that say which root CAs they trust, or do not, and lack this one. */
  withoutPin(pin: string, limit: number): Promise<{ count: number; clientIds: string[] }>;
  count(): Promise<number>;
  delete(clientId: string, actor: string, now: number): Promise<boolean>;
}

export interface Decision<Result extends string> {
  readonly result: Result;
  readonly enrollment?: EnrollmentRecord;
}

/** What came of letting in: `created` is false for a key that was in already. */
export type Admitted =
  | { readonly result: 'admitted'; readonly client: ClientRecord; readonly created: boolean }
  | { readonly result: 'quota-used' | 'rejected' | 'ticket-used' | 'key-given-up' | 'identity-taken' };

export interface EnrollmentStore {
  byKey(spkiSha256: string): Promise<EnrollmentRecord | null>;
  byId(enrollmentId: string): Promise<EnrollmentRecord | null>;
  list(
    o: PageRequest & { state?: EnrollmentState | undefined; fingerprintPrefix?: string | undefined },
  ): Promise<Page<EnrollmentRecord>>;
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
   * Approves; with two needed, the first approval is `recorded` only.
   * @param o.into an existing client that gets the new key
   */
  approve(
    enrollmentId: string,
    o: { clientId: string; actor: string; now: number; into?: string | undefined },
  ): Promise<Decision<'approved' | 'recorded' | 'unchanged' | 'not-found' | 'conflict' | 'no-such-client'>>;
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
  sweepPending(olderThan: number, now: number): Promise<number>;
  countPending(): Promise<number>;
}

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

/** What decides who gets in. Each change raises the version, by which all instances notice it. */
export interface AdmissionStore {
  version(): Promise<number>;
  authorities(): Promise<AuthorityRecord[]>;
  addAuthority(authority: AuthorityRecord): Promise<'added' | 'unchanged' | 'conflict'>;
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
}

export interface DeviceStore {
  get(clientId: string, deviceId: string): Promise<DeviceRecord | null>;
  list(
    o: PageRequest & { clientId?: string | undefined; text?: string | undefined },
  ): Promise<Page<DeviceRecord>>;
  /** `single` replaces the client's only device (rc.1); `keyed` needs the gateway of a child to be there. */
  upsert(o: {
    clientId: string;
    deviceId: string;
    profile: string;
    model: string;
    document: Uint8Array;
    digest: string;
    now: number;
    mode: 'single' | 'keyed';
  }): Promise<'created' | 'updated' | 'unchanged' | 'gateway-not-found' | 'client-not-found'>;
  /** Removes the device and all below it. @returns how many; 0 when there was none */
  remove(clientId: string, deviceId: string): Promise<number>;
}

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
  list(o: PageRequest): Promise<Page<Preauthorization>>;
  remove(fingerprint: string, actor: string, now: number): Promise<boolean>;
}

export interface ReplayStore {
  /** @returns true the first time; durable, and across instances on one database */
  claim(spkiSha256: string, baseSha256: string, expiresAt: number): Promise<boolean>;
  sweep(now: number): Promise<number>;
}

export type Role = 'viewer' | 'operator' | 'admin';

/** An operator's token: its hash only. */
export interface TokenRecord {
  readonly tokenSha256: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

export interface TokenStore {
  /** Adding the same token again changes nothing. @returns false when the name is taken by a token in force */
  add(token: TokenRecord): Promise<boolean>;
  bySha256(tokenSha256: string): Promise<TokenRecord | null>;
  list(): Promise<TokenRecord[]>;
  /** @returns false when no token in force has this name */
  revoke(name: string, actor: string, now: number): Promise<boolean>;
  touch(seen: ReadonlyMap<string, number>): Promise<void>;
}

export interface AuditStore {
  append(entry: {
    at: number;
    actor: string;
    action: string;
    subject: string;
    detail: Record<string, unknown>;
  }): Promise<void>;
  list(o: PageRequest): Promise<Page<AuditRecord>>;
  head(): Promise<ChainHead>;
  /** @param anchor a head that was noted outside the database */
  verify(anchor: ChainHead | null): Promise<ChainVerdict>;
}

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
  /** The same again changes nothing. */
  add(signer: SignerRecord): Promise<void>;
  remove(fingerprint: string, actor: string, now: number): Promise<boolean>;
}

export interface Store {
  readonly signers: SignerStore;
  readonly clients: ClientStore;
  readonly moving: MovingStore;
  readonly enrollments: EnrollmentStore;
  readonly devices: DeviceStore;
  readonly fleet: FleetStore;
  readonly labels: LabelStore;
  readonly reservations: ReservationStore;
  readonly preauthorizations: PreauthorizationStore;
  readonly replay: ReplayStore;
  readonly tokens: TokenStore;
  readonly admission: AdmissionStore;
  readonly audit: AuditStore;
  readonly webhooks: WebhookStore;
  ready(): Promise<boolean>;
  close(): Promise<void>;
}
