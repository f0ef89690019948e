/** Who gets in: a pure function from facts to a decision that names its reason. */
import type { ClientState, EnrollmentState } from '../store/ports.ts';
import type { Evidence } from './evidence.ts';
import { type CompiledRule, firstRule } from './rules.ts';
import { rejectedText } from './rejected.ts';

/** What to do with certificates that no rule speaks of: wait for an operator, accept, or refuse. */
export type AdmissionMode = 'hold' | 'open' | 'closed';

/** An identity that somebody else's decision has set aside for this request. */
export interface Claim {
  /** `ticket`: an operator's one-time ticket; `proof`: what this WFM itself once gave to this key. */
  readonly kind: 'ticket' | 'proof';
  /** The identity it stands for; null lets in as a new one. */
  readonly clientId: string | null;
  readonly decidedBy: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What a webhook has answered about this request. */
export interface WebhookAnswer {
  readonly webhook: string;
  readonly decision: 'allow' | 'hold' | 'deny';
  readonly reason: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface AdmissionFacts {
  readonly mode: AdmissionMode;
  /** The client that this key already has. */
  readonly client: ClientState | null;
  /** The key was given up: by rotation, by a replacement, or with its client. */
  readonly keyGivenUp: boolean;
  /** The recorded request of this key. */
  readonly enrollment: EnrollmentState | null;
  /** The reason that the operator gave who rejected it. */
  readonly rejectedBecause: string | null;
  readonly preauthorizedBy: string | null;
  readonly claim: Claim | null;
  readonly evidence: Evidence;
  readonly rules: readonly CompiledRule[];
  /** How many clients the rule of this name has let in. */
  readonly usedQuota: (rule: string) => number;
  /** A client that looks like the same machine with another key. */
  readonly lookalike: string | null;
  /** What a webhook said; null as long as none was asked. */
  readonly webhook: WebhookAnswer | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly pending: number;
  readonly pendingLimit: number;
}

type RefusalCode =
  | 'client-blocked'
  | 'client-retired'
  | 'client-rejected'
  | 'certificate-not-trusted'
  | 'too-many-requests';

interface Common {
  readonly rule: string;
  readonly reason: string;
}

export type AdmissionDecision =
  | (Common & { readonly verdict: 'known' })
  | (Common & {
      readonly verdict: 'admit';
      readonly decidedBy: string;
      /** The identity to give; null for a new one. */
      readonly clientId: string | null;
      readonly takesOver: boolean;
      readonly authority: string | null;
      readonly labels: Readonly<Record<string, string>>;
      readonly quota: number | null;
    })
  | (Common & {
      readonly verdict: 'hold';
      readonly approvals: number;
      readonly authority: string | null;
      readonly labels: Readonly<Record<string, string>>;
      readonly lookalike: string | null;
      /** The quota that an allowance would count on, when a webhook may decide in the operator's place. */
      readonly ask: { readonly quota: number | null } | null;
    })
  | (Common & {
      readonly verdict: 'refuse';
      readonly code: RefusalCode;
      readonly retryAfterSeconds: number | null;
    });

/** A refusal that only an operator can lift carries no Retry-After: by it clients tell "rejected" from "pending". */
function refuse(
  rule: string,
  code: RefusalCode,
  reason: string,
  retryAfterSeconds: number | null = null,
): AdmissionDecision {
  return { verdict: 'refuse', rule, code, reason, retryAfterSeconds };
}

function byRecord(facts: AdmissionFacts): AdmissionDecision | null {
  switch (facts.client) {
    case 'blocked':
      return refuse('blocked', 'client-blocked', 'An operator has blocked this client.');
    case 'retired':
      return refuse(
        'retired',
        'client-retired',
        'This client was retired; an operator can let the key in again.',
      );
    case 'active':
      return { verdict: 'known', rule: 'already onboarded', reason: 'The key has its clientId already.' };
    case null:
  }
  if (facts.keyGivenUp)
    return refuse(
      'key given up',
      'client-rejected',
      'This key was replaced by another one and does not come back; use the present key of the device.',
    );
  return null;
}

function byClaim({ claim, evidence }: AdmissionFacts): AdmissionDecision | null {
  if (claim === null) return null;
  const isTicket = claim.kind === 'ticket';
  return {
    verdict: 'admit',
    rule: isTicket ? 'ticket' : 'proof of an earlier onboarding',
    reason: isTicket
      ? 'An operator has issued a ticket for this device.'
      : 'This WFM gave this clientId to this key, and has lost the record of it.',
    decidedBy: claim.decidedBy,
    clientId: claim.clientId,
    takesOver: isTicket && claim.clientId !== null,
    authority: evidence.chain?.result === 'valid' ? evidence.chain.authority : null,
    labels: claim.labels,
    quota: null,
  };
}

function byChain({ evidence: { chain } }: AdmissionFacts): AdmissionDecision | null {
  if (chain?.result === 'revoked')
    return refuse(`authority ${chain.authority}`, 'certificate-not-trusted', `Revoked: ${chain.reason}.`);
  if (chain?.result === 'stale-crl')
    return refuse(
      `authority ${chain.authority}`,
      'certificate-not-trusted',
      `Revocation cannot be checked: ${chain.reason}.`,
      300,
    );
  return null;
}

function waits(
  facts: AdmissionFacts,
  o: {
    rule: string;
    reason: string;
    approvals?: number;
    labels?: Readonly<Record<string, string>>;
    ask?: { readonly quota: number | null };
  },
): AdmissionDecision {
  if (facts.enrollment === null && facts.pending >= facts.pendingLimit)
    return refuse('queue full', 'too-many-requests', 'Too many requests wait for approval.', 60);
  const { chain } = facts.evidence;
  return {
    verdict: 'hold',
    approvals: o.approvals ?? 1,
    authority: chain?.result === 'valid' ? chain.authority : null,
    labels: o.labels ?? {},
    lookalike: facts.lookalike,
    // Two people, or a machine that comes with another key, are not a webhook's to judge.
    ask: o.approvals === 2 || facts.lookalike !== null ? null : (o.ask ?? null),
    rule: o.rule,
    reason: o.reason,
  };
}

function byRule(facts: AdmissionFacts, rule: CompiledRule): AdmissionDecision {
  const { name, labels = {}, quota = null, approvals = 1 } = rule;
  if (rule.action === 'deny') return refuse(name, 'certificate-not-trusted', rule.reason);
  if (quota !== null && facts.usedQuota(name) >= quota)
    return waits(facts, { rule: name, reason: `The quota of ${quota} clients is used up.`, labels });
  if (rule.action === 'hold')
    return waits(facts, { rule: name, reason: rule.reason, approvals, labels, ask: { quota } });
  if (facts.lookalike !== null)
    return waits(facts, {
      rule: name,
      reason: `Another key is on file for what looks like the same machine, client ${facts.lookalike}.`,
      labels,
    });
  const authority = facts.evidence.chain?.authority ?? null;
  return {
    verdict: 'admit',
    rule: name,
    reason: rule.reason,
    decidedBy: `rule ${name}`,
    clientId: null,
    takesOver: false,
    authority,
    labels,
    quota,
  };
}

function byMode(facts: AdmissionFacts, passedOver: readonly string[]): AdmissionDecision {
  const { chain } = facts.evidence;
  if (facts.mode === 'open')
    return {
      verdict: 'admit',
      rule: 'admission open',
      reason: 'Unknown certificates are let in here.',
      decidedBy: 'policy',
      clientId: null,
      takesOver: false,
      authority: chain?.result === 'valid' ? chain.authority : null,
      labels: {},
      quota: null,
    };
  const because =
    chain?.result === 'invalid'
      ? `The chain to ${chain.authority} does not hold: ${chain.reason}`
      : (passedOver.at(-1) ?? 'No rule speaks of this certificate.');
  if (facts.mode === 'closed')
    return refuse(
      'admission closed',
      'certificate-not-trusted',
      `Only certificates that an operator or a rule has named are let in here (${because}). Ask the operator to pre-authorise this one.`,
    );
  return waits(facts, {
    rule: 'waits for an operator',
    reason: because,
    ask: { quota: null },
  });
}

/** A webhook decides in the operator's place, under the rule that would have held the request. */
function byWebhook(held: AdmissionDecision, answer: WebhookAnswer | null): AdmissionDecision {
  if (answer === null || held.verdict !== 'hold' || held.ask === null) return held;
  const { rule, authority } = held;
  const { decision, reason } = answer;
  if (decision === 'deny') return refuse(rule, 'certificate-not-trusted', reason);
  if (decision === 'hold') return { ...held, reason: `${held.reason} ${reason}` };
  return {
    verdict: 'admit',
    rule,
    reason,
    decidedBy: `webhook ${answer.webhook}`,
    clientId: null,
    takesOver: false,
    authority,
    labels: { ...held.labels, ...answer.labels },
    quota: held.ask.quota,
  };
}

/**
 * Decides one request. First match wins; the order is that of what an operator has said most explicitly: the record of
 * the key, a pre-authorisation, a ticket, an earlier rejection, revocation, the rules, the mode; what they would
 * hold, a webhook may decide.
 */
export function decideAdmission(facts: AdmissionFacts): AdmissionDecision {
  const recorded = byRecord(facts);
  if (recorded !== null) return recorded;
  if (facts.preauthorizedBy !== null)
    return {
      verdict: 'admit',
      rule: 'pre-authorised',
      reason: 'An operator has pre-authorised this certificate or key.',
      decidedBy: facts.preauthorizedBy,
      clientId: null,
      takesOver: false,
      authority: facts.evidence.chain?.result === 'valid' ? facts.evidence.chain.authority : null,
      labels: {},
      quota: null,
    };
  const claimed = byClaim(facts);
  if (claimed !== null) return claimed;
  if (facts.enrollment === 'rejected')
    return refuse('rejected', 'client-rejected', rejectedText(facts.rejectedBecause));
  const revoked = byChain(facts);
  if (revoked !== null) return revoked;
  const { rule, passedOver } = firstRule(facts.rules, facts.evidence, facts.now);
  return byWebhook(rule === null ? byMode(facts, passedOver) : byRule(facts, rule), facts.webhook);
}
