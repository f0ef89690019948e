/** Who gets in, how long a client waits, and which signatures still count. */
import type { AdmissionMode } from '../admission/decide.ts';
import type { Row } from './setting.ts';

export interface AdmissionSettings {
  readonly admission: AdmissionMode;
  readonly holdSeconds: number;
  readonly retryAfterSeconds: number;
  readonly rotationOverlapSeconds: number;
  readonly continuitySeconds: number;
  readonly pendingLifetimeSeconds: number;
  readonly signatureMaxAgeSeconds: number;
  readonly signatureMaxSkewSeconds: number;
}

export const admissionSettings: ReadonlyArray<Row<keyof AdmissionSettings>> = [
  {
    name: 'admission',
    flag: 'admission',
    kind: ['hold', 'open', 'closed'],
    fallback: 'hold',
    help: 'unknown certificates wait for an operator, are accepted, or are refused',
  },
  {
    name: 'holdSeconds',
    flag: 'hold-seconds',
    kind: 'seconds',
    fallback: 3,
    help: 'how long an onboarding request is held for a decision before it is answered "pending"',
  },
  {
    name: 'retryAfterSeconds',
    flag: 'retry-after-seconds',
    kind: 'seconds',
    fallback: 3,
    help: 'Retry-After of a pending answer',
  },
  {
    name: 'rotationOverlapSeconds',
    flag: 'rotation-overlap-seconds',
    kind: 'seconds',
    fallback: 86_400,
    help: 'how long the old key of a client counts after it has rotated to a new one',
  },
  {
    name: 'continuitySeconds',
    flag: 'continuity-seconds',
    kind: 'seconds',
    fallback: 600,
    help: 'how often the proof changes by which a cloned key is noticed',
  },
  {
    name: 'pendingLifetimeSeconds',
    flag: 'pending-lifetime-seconds',
    kind: 'seconds',
    fallback: 30 * 86_400,
    help: 'how long a request that waits is kept after its device was last heard of',
  },
  {
    name: 'signatureMaxAgeSeconds',
    flag: 'signature-max-age-seconds',
    kind: 'seconds',
    fallback: 300,
    help: 'oldest accepted signature',
  },
  {
    name: 'signatureMaxSkewSeconds',
    flag: 'signature-max-skew-seconds',
    kind: 'seconds',
    fallback: 60,
    help: 'how far in the future a signature may be',
  },
];
