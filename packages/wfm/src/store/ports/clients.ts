/** Onboarded clients and the keys that were ever theirs. */
import type { Applicant, Receipt } from './applicants.ts';
import type { DeviceRecord } from './devices.ts';
import type { Page, PageRequest } from './paging.ts';

export type ClientState = 'active' | 'blocked' | 'retired';

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

/** What the list may be sorted by; the first is meant when nothing is said. */
export const clientSorts = ['createdAt', 'lastSeenAt', 'subject', 'notAfter', 'labels'] as const;
export type ClientSort = (typeof clientSorts)[number];

/** What the request of a key says whose client was deleted. */
export const deletedReason = 'client deleted';

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
  list(o: PageRequest<ClientSort> & ClientFilter): Promise<Page<ClientRecord>>;
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
  countByState(): Promise<Record<ClientState, number>>;
  delete(clientId: string, actor: string, now: number): Promise<boolean>;
}
