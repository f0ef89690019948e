import type { Certificate } from '@muster/pki';
import type { Logger } from 'pino';
import type { AdmissionMode } from '../admission/decide.ts';
import type { PolicyCache } from '../admission/policy.ts';
import type { AuthenticationContext } from '../authenticate/context.ts';
import type { DecisionSignal } from '../fleet/decision-signal.ts';
import type { AdmissionAsker } from '../webhooks/ask.ts';
import type { Limits } from '../http/limits.ts';

/** What the device endpoints share. */
export interface DeviceApi extends AuthenticationContext {
  readonly caCertificates: () => readonly Certificate[];
  readonly certificateForm: 'base64-pem' | 'base64-der';
  readonly admission: AdmissionMode;
  readonly policy: PolicyCache;
  /** Makes and checks continuity proofs; kept outside the database. */
  readonly continuityKey: Uint8Array;
  /** How long a continuity proof stays the same. */
  readonly continuitySeconds: number;
  /** How long the old key counts after a rotation. */
  readonly rotationOverlapSeconds: number;
  /** Asks a webhook about what would wait for an operator. */
  readonly asker: AdmissionAsker;
  readonly holdSeconds: number;
  readonly retryAfterSeconds: number;
  readonly limits: Limits;
  readonly decisions: DecisionSignal;
  readonly log: Logger;
  /** Notes that a client was heard of; written in batches. */
  readonly seen: (clientId: string) => void;
}

/**
 * Announces what signatures may carry (RFC 9421 section 5.1): a client that sees `nonce` here adds one to its writes,
 * so that equal writes within one second are not taken for replays.
 */
export const acceptSignature =
  'sig1=("@method" "@target-uri" "@authority" "content-digest");created;keyid;nonce';
