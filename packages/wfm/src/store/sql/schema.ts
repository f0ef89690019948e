/** The tables as kysely sees them; the same on both databases. */
import type { Generated, Kysely, Transaction } from 'kysely';
import type { DriftAlert, LabelRecord, ReservationRow, RevisionRecord } from '../ports/inventory.ts';
import type { RequiredWorkload } from '../ports/requirements.ts';
import type { DeadLetter, WebhookRecord } from '../ports/webhooks.ts';
import type { KeptReport } from './kept-report.ts';
import type { Sent } from './sent.ts';
import type {
  AuthorityRecord,
  ClientKey,
  ClientRecord,
  CrlRecord,
  DeviceRecord,
  EnrollmentRecord,
  Preauthorization,
  RuleSetRecord,
  SignerRecord,
  TicketRecord,
  TokenRecord,
} from '../ports.ts';

export interface Tables {
  clients: ClientRecord & { search: string };
  clientKeys: ClientKey;
  supersededCertificates: { certificateSha256: string; clientId: string; at: number };
  authorities: AuthorityRecord;
  crls: CrlRecord;
  ruleSets: RuleSetRecord;
  tickets: TicketRecord;
  admissionVersion: { id: number; version: number };
  enrollments: EnrollmentRecord;
  receipts: {
    spkiSha256: string;
    createdAt: number;
    method: string;
    targetUri: string;
    fields: string;
    body: Uint8Array;
    rule: string;
    decidedBy: string;
    clientId: string;
  };
  devices: Omit<DeviceRecord, keyof KeptReport> & {
    report: Uint8Array;
    offerId: number | null;
    labelSetId: number | null;
    change: string | null;
  };
  offers: { offerId: Generated<number>; digest: string; offer: string; devices: Generated<number> };
  labelSets: { labelSetId: Generated<number>; digest: string; labels: string; devices: Generated<number> };
  deviceGroups: { labelSetId: number; offerId: number; devices: number };
  labels: LabelRecord;
  revisions: Omit<RevisionRecord, 'change' | 'document'> & {
    clientId: string;
    deviceId: string;
    report: Uint8Array;
    change: string | null;
  };
  reservations: ReservationRow;
  requiredWorkloads: RequiredWorkload;
  requiredVersion: { id: number; version: number };
  drift: Omit<DriftAlert, 'lost'> & { profile: string | null; lost: string };
  auditQueue: {
    id: Generated<number>;
    at: number;
    actor: string;
    action: string;
    subject: string;
    detail: string;
    device: string | null;
    about: string | null;
  };
  preauthorizations: Preauthorization;
  replay: { spkiSha256: string; baseSha256: string; expiresAt: number };
  tokens: TokenRecord;
  signers: SignerRecord;
  departures: { clientId: string; file: string };
  webhooks: WebhookRecord;
  deadLetters: DeadLetter;
  audit: {
    seq: number;
    at: number;
    actor: string;
    action: string;
    subject: string;
    detail: string;
    hash: string;
    previousHash: string;
  };
  auditHead: { id: number; seq: number; hash: string };
  migrations: { number: number; name: string; appliedAt: number };
}

export type Database = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/** All that differs between the databases, declared in one place. */
export interface Engine {
  readonly name: 'sqlite' | 'postgres';
  readonly bytes: 'blob' | 'bytea';
  readonly bigint: 'integer' | 'bigint';
  readonly database: Database;
  /** For short questions that are asked at once: on PostgreSQL over one connection, which does not wait between them. */
  together<T>(ask: (database: Database) => Promise<T>): Promise<T>;
  /**
   * Runs a transaction; on PostgreSQL its statements are sent when they are asked for, without waiting for those before.
   * @param run what it adds to `sent` is waited for together with the commit
   */
  transact<T>(run: (tx: Tx, sent: Sent) => Promise<T>): Promise<T>;
  /** Runs the migrations while nobody else can. */
  withMigrationLock<T>(run: (database: Database) => Promise<T>): Promise<T>;
}
