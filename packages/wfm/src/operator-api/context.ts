import type { Certificate } from '@muster/pki';
import type { Logger } from 'pino';
import type { PolicyCache } from '../admission/policy.ts';
import type { AdmissionMode } from '../admission/decide.ts';
import type { CheckpointKeeper } from '../audit/checkpoint.ts';
import type { AuditSigner } from '../audit/signer.ts';
import type { Catalogue } from '../fleet/catalogue.ts';
import type { DecisionSignal } from '../fleet/decision-signal.ts';
import type { Load } from '../http/overload.ts';
import type { Oidc } from '../oidc/open.ts';
import type { Placement } from '../placement/query.ts';
import type { Store } from '../store/ports.ts';
import type { AdmissionAsker } from '../webhooks/ask.ts';
import type { OwnKey } from '../trust/own-key.ts';
import type { Authority } from '../trust/authority.ts';
import type { ApplicationReader } from './placement/reader.ts';
import type { TokenUses } from './token-uses.ts';

/** What the operator endpoints share. */
export interface OperatorApi {
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly placement: Placement;
  readonly applications: ApplicationReader;
  readonly policy: PolicyCache;
  readonly admission: AdmissionMode;
  readonly decisions: DecisionSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly caCertificates: () => readonly Certificate[];
  readonly caPin: () => string;
  /** The WFM's own root CA; null when somebody else makes the certificates. */
  readonly authority: Authority | null;
  /** Null without an OpenID provider. */
  readonly oidc: Oidc | null;
  readonly auditSigner: AuditSigner;
  /** Signs what webhooks are sent. */
  readonly webhookKey: OwnKey;
  readonly asker: AdmissionAsker;
  readonly webhookTimeoutSeconds: number;
  readonly checkpoints: CheckpointKeeper;
  readonly tokenUses: TokenUses;
  readonly log: Logger;
  readonly deviceLoad: () => Promise<Load>;
  /** Aborts when the listener closes: long answers end. */
  readonly closing: AbortSignal;
  readonly joinString: () => { joinString: string; urls: string[]; pins: string[] };
}
