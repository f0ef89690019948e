/** What the checks have found so far: a failure ends a check at once, everything else at the end. */
import type { Outcome } from '../report.ts';
import { type CheckName, clientChecks, type Finding } from './checks.ts';

/** Room for every fault of a document. */
const longestText = 2_000;

/** Text of a client in bounded length. */
const short = (text: string): string =>
  text.length <= longestText ? text : `${text.slice(0, longestText)}…`;

/** Gathers findings, and tells each check's outcome once. */
export class Ledger {
  readonly #onOutcome: (outcome: Outcome) => void;
  readonly #ended = new Set<CheckName>();
  /** What was seen first where all was well so far. */
  readonly #well = new Map<CheckName, string>();
  readonly #reasons = new Map<CheckName, string>();
  readonly outcomes: Outcome[] = [];

  constructor(onOutcome: (outcome: Outcome) => void) {
    this.#onOutcome = onOutcome;
  }

  /** Takes findings of one request; later ones may still be worse. */
  note(...findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (!finding.ok) this.settle(finding);
      else if (!this.#well.has(finding.name)) this.#well.set(finding.name, finding.seen);
    }
  }

  /** Takes a finding that is the last of its check. */
  settle({ name, ok, seen, expected, nextStep }: Finding): void {
    if (this.#ended.has(name)) return;
    const about = clientChecks[name];
    this.#tell(name, {
      check: about.check,
      result: ok ? 'pass' : 'fail',
      seen: short(seen),
      expected: expected ?? about.expected,
      nextStep: ok ? '' : (nextStep ?? about.nextStep),
    });
  }

  /** Says why a check will be skipped, unless something is found. */
  excuse(name: CheckName, reason: string): void {
    this.#reasons.set(name, reason);
  }

  /** Ends all that has not ended. */
  close(): void {
    for (const name of Object.keys(clientChecks) as CheckName[]) {
      const seen = this.#well.get(name);
      if (seen !== undefined) this.settle({ name, ok: true, seen });
      if (this.#ended.has(name)) continue;
      const { check, expected } = clientChecks[name];
      this.#tell(name, {
        check,
        result: 'skipped',
        seen: this.#reasons.get(name) ?? 'nothing came that it is about',
        expected,
        nextStep: '',
      });
    }
  }

  #tell(name: CheckName, outcome: Outcome): void {
    this.#ended.add(name);
    this.outcomes.push(outcome);
    this.#onOutcome(outcome);
  }
}
