/** Rehearsal: what a changed rule set would have decided about the requests on record, before it is activated. */
import { parseCertificate, readCertificateFile } from '@muster/pki';
import type { EnrollmentRecord, Store } from '../store/ports.ts';
import { type AdmissionDecision, type AdmissionMode, decideAdmission } from './decide.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import type { Policy } from './policy.ts';
import { type CompiledRule, compileRules, type Rule } from './rules.ts';

type RehearsalLine =
  | { readonly event: 'progress'; readonly requests: number }
  | {
      readonly event: 'difference';
      readonly enrollmentId: string;
      readonly fingerprint: string;
      readonly subject: string;
      readonly before: Outcome;
      readonly after: Outcome;
    }
  | {
      readonly event: 'summary';
      readonly requests: number;
      readonly differences: number;
      readonly skipped: number;
    };

export interface Outcome {
  readonly verdict: 'admit' | 'hold' | 'refuse' | 'known';
  readonly rule: string;
  readonly reason: string;
}

/** One pass over the record under one rule set: quotas fill up in the order in which the requests came. */
class Run {
  readonly #rules: readonly CompiledRule[];
  readonly #mode: AdmissionMode;
  readonly #now: number;
  readonly #used = new Map<string, number>();

  constructor(rules: readonly CompiledRule[], mode: AdmissionMode, now: number) {
    this.#rules = rules;
    this.#mode = mode;
    this.#now = now;
  }

  decide(evidence: Evidence): AdmissionDecision {
    const decision = decideAdmission({
      mode: this.#mode,
      client: null,
      keyGivenUp: false,
      enrollment: null,
      rejectedBecause: null,
      preauthorizedBy: null,
      claim: null,
      evidence,
      rules: this.#rules,
      usedQuota: (rule) => this.#used.get(rule) ?? 0,
      lookalike: null,
      webhook: null,
      now: this.#now,
      pending: 0,
      pendingLimit: 1,
    });
    if (decision.verdict === 'admit') this.#used.set(decision.rule, (this.#used.get(decision.rule) ?? 0) + 1);
    return decision;
  }
}

function evidenceOf(row: EnrollmentRecord, policy: Policy, now: number): Evidence | null {
  if (row.evidence === null) return null;
  const kept = JSON.parse(row.evidence) as Evidence;
  // Judged by the same groups and lists: nothing to judge again.
  if (kept.groupsVersion === policy.groupsVersion) return kept;
  return gatherEvidence({
    leaf: parseCertificate(row.certificateDer),
    sent: row.chain === null ? [] : readCertificateFile(row.chain),
    keyProtection: kept.keyProtection ?? null,
    groups: policy.groups,
    groupsVersion: policy.groupsVersion,
    now: new Date(now),
  });
}

const outcome = ({ verdict, rule, reason }: AdmissionDecision): Outcome => ({ verdict, rule, reason });

/**
 * Decides every recorded request twice, under the rules in force and under others, as if it came for the first time.
 * Requests without evidence (from before it was kept, or of keys that came by rotation or import) are skipped, and counted.
 */
export async function* rehearse(o: {
  store: Store;
  policy: Policy;
  rules: readonly Rule[];
  mode: AdmissionMode;
  now: number;
}): AsyncGenerator<RehearsalLine> {
  const present = new Run(o.policy.rules, o.mode, o.now);
  const changed = new Run(compileRules(o.rules), o.mode, o.now);
  let [requests, differences, skipped] = [0, 0, 0];
  let cursor: string | undefined;
  do {
    const page = await o.store.enrollments.list({ limit: 1_000, cursor });
    for (const row of page.items) {
      requests++;
      const evidence = evidenceOf(row, o.policy, o.now);
      if (evidence === null) {
        skipped++;
        continue;
      }
      const [before, after] = [outcome(present.decide(evidence)), outcome(changed.decide(evidence))];
      if (before.verdict === after.verdict && before.rule === after.rule) continue;
      differences++;
      const { enrollmentId, subject, certificateSha256 } = row;
      yield {
        event: 'difference',
        enrollmentId,
        fingerprint: `sha256:${certificateSha256}`,
        subject,
        before,
        after,
      };
    }
    cursor = page.nextCursor ?? undefined;
    yield { event: 'progress', requests };
  } while (cursor !== undefined);
  yield { event: 'summary', requests, differences, skipped };
}
