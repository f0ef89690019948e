/** Who gets in: a pure function from facts to a decision that names its reason. */
import type { ClientState, EnrollmentState } from '../store/ports.ts';

/** What to do with unknown certificates: wait for an operator, accept, or refuse. */
export type AdmissionMode = 'hold' | 'open' | 'closed';

export interface AdmissionFacts {
  readonly mode: AdmissionMode;
  /** The client that this key already has. */
  readonly client: ClientState | null;
  /** The recorded request of this key. */
  readonly enrollment: EnrollmentState | null;
  readonly preauthorizedBy: string | null;
  readonly pending: number;
  readonly pendingLimit: number;
}

export type AdmissionDecision =
  | { readonly verdict: 'known'; readonly rule: string }
  | { readonly verdict: 'admit'; readonly rule: string; readonly decidedBy: string }
  | { readonly verdict: 'hold'; readonly rule: string }
  | {
      readonly verdict: 'refuse';
      readonly rule: string;
      readonly code: 'client-blocked' | 'client-rejected' | 'certificate-not-trusted' | 'too-many-requests';
      readonly reason: string;
    };

/** First match wins; the order is that of what an operator has said most explicitly. */
export function decideAdmission(facts: AdmissionFacts): AdmissionDecision {
  const { client, enrollment, mode } = facts;
  if (client === 'blocked')
    return {
      verdict: 'refuse',
      rule: 'blocked',
      code: 'client-blocked',
      reason: 'An operator has blocked this client.',
    };
  if (client === 'retired')
    return {
      verdict: 'refuse',
      rule: 'retired',
      code: 'client-rejected',
      reason: 'This client was retired; an operator can let the key in again.',
    };
  if (client === 'active') return { verdict: 'known', rule: 'already onboarded' };
  if (facts.preauthorizedBy !== null)
    return { verdict: 'admit', rule: 'pre-authorised', decidedBy: facts.preauthorizedBy };
  if (enrollment === 'rejected')
    return {
      verdict: 'refuse',
      rule: 'rejected',
      code: 'client-rejected',
      reason: 'An operator has rejected this request.',
    };
  if (mode === 'open') return { verdict: 'admit', rule: 'admission open', decidedBy: 'policy' };
  if (mode === 'closed') {
    return {
      verdict: 'refuse',
      rule: 'admission closed',
      code: 'certificate-not-trusted',
      reason: 'Only pre-authorised certificates are let in here. Ask the operator to pre-authorise this one.',
    };
  }
  if (enrollment === null && facts.pending >= facts.pendingLimit) {
    return {
      verdict: 'refuse',
      rule: 'queue full',
      code: 'too-many-requests',
      reason: 'Too many requests wait for approval. Try again later.',
    };
  }
  return { verdict: 'hold', rule: 'waits for an operator' };
}
