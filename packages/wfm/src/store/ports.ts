/** What the WFM keeps, in words of the domain. Times are integer milliseconds since 1970; hashes are hex. */

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
}

/** What is known of a certificate that asks to be let in. */
export interface Applicant {
  readonly spkiSha256: string;
  readonly certificateSha256: string;
  readonly certificateDer: Uint8Array;
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: number;
  readonly remoteAddress: string;
}

/** A request to be let in, and what became of it. One per key. */
export interface EnrollmentRecord extends Applicant {
  readonly enrollmentId: string;
  readonly state: EnrollmentState;
  readonly clientId: string | null;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly attempts: number;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
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

export interface ClientStore {
  byId(clientId: string): Promise<ClientRecord | null>;
  byKey(spkiSha256: string): Promise<ClientRecord | null>;
  list(
    o: PageRequest & {
      state?: ClientState | undefined;
      text?: string | undefined;
      fingerprintPrefix?: string | undefined;
    },
  ): Promise<Page<ClientRecord>>;
  setState(
    clientId: string,
    from: readonly ClientState[],
    to: ClientState,
    actor: string,
    now: number,
  ): Promise<'changed' | 'unchanged' | 'not-found' | 'conflict'>;
  touch(seen: ReadonlyMap<string, number>): Promise<void>;
  count(): Promise<number>;
  delete(clientId: string, actor: string, now: number): Promise<boolean>;
}

export interface Decision<Result extends string> {
  readonly result: Result;
  readonly enrollment?: EnrollmentRecord;
}

export interface EnrollmentStore {
  byKey(spkiSha256: string): Promise<EnrollmentRecord | null>;
  byId(enrollmentId: string): Promise<EnrollmentRecord | null>;
  list(
    o: PageRequest & { state?: EnrollmentState | undefined; fingerprintPrefix?: string | undefined },
  ): Promise<Page<EnrollmentRecord>>;
  /** Inserts or refreshes the request of this key; a decided one stays decided. */
  recordPending(applicant: Applicant, now: number): Promise<EnrollmentRecord>;
  /** Creates the client, or answers the one this key already has. One transaction; equal calls give equal answers. */
  admit(o: {
    applicant: Applicant;
    clientId: string;
    decidedBy: string;
    rule: string;
    receipt: Receipt | null;
    now: number;
  }): Promise<{ client: ClientRecord; created: boolean }>;
  approve(
    enrollmentId: string,
    o: { clientId: string; actor: string; now: number },
  ): Promise<Decision<'approved' | 'unchanged' | 'not-found' | 'conflict'>>;
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
  sweepPending(olderThan: number): Promise<number>;
  countPending(): Promise<number>;
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
  ): Promise<{ added: number; existing: number }>;
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

export interface TokenStore {
  add(token: {
    tokenSha256: string;
    name: string;
    role: Role;
    createdAt: number;
    expiresAt: number | null;
  }): Promise<void>;
  bySha256(tokenSha256: string): Promise<{ name: string; role: Role; expiresAt: number | null } | null>;
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
  verify(): Promise<{ ok: true; entries: number } | { ok: false; firstBad: number; reason: string }>;
}

export interface Store {
  readonly clients: ClientStore;
  readonly enrollments: EnrollmentStore;
  readonly devices: DeviceStore;
  readonly preauthorizations: PreauthorizationStore;
  readonly replay: ReplayStore;
  readonly tokens: TokenStore;
  readonly audit: AuditStore;
  ready(): Promise<boolean>;
  close(): Promise<void>;
}
