/** What a check says, and what all of them say together. Pure. */

/** A rule that is looked at from outside. */
export interface Check {
  /** Stable, such as `onboarding.same-key-same-client`. */
  readonly id: string;
  readonly title: string;
  /** `must`: the standard binds; `should`: it is silent or ambiguous, and this is what serves both ends. */
  readonly level: 'must' | 'should';
  /** Where the rule is written. */
  readonly source: string;
}

export type Result = 'pass' | 'fail' | 'skipped';

export interface Outcome {
  readonly check: Check;
  readonly result: Result;
  /** What was seen; of a skipped check, why it was not looked at. */
  readonly seen: string;
  readonly expected: string;
  readonly nextStep: string;
}

/** What one look has found. */
export interface Finding {
  readonly result: Result;
  readonly seen: string;
}

export const passed = (seen: string): Finding => ({ result: 'pass', seen });
export const failed = (seen: string): Finding => ({ result: 'fail', seen });
export const skipped = (why: string): Finding => ({ result: 'skipped', seen: why });

/** The ground of a check is missing: it was not looked at, and that is no failure of its own. */
export class MissingGround extends Error {
  override readonly name = 'MissingGround';
}

/** A check with the look that decides it. */
export interface Examination<Ground> extends Check {
  readonly expected: string;
  /** For whoever makes what was checked. */
  readonly nextStep: string;
  /** @throws MissingGround when there is nothing to look at */
  readonly look: (ground: Ground) => Promise<Finding>;
}

/** The longest text of what was seen: it comes from elsewhere. */
const longestSeen = 600;

/** Looks, and makes an outcome of whatever comes of it: what is thrown is a failure that says what was seen. */
export async function examine<Ground>(one: Examination<Ground>, ground: Ground): Promise<Outcome> {
  const { id, title, level, source, expected, nextStep } = one;
  let finding: Finding;
  try {
    finding = await one.look(ground);
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    finding = error instanceof MissingGround ? skipped(seen) : failed(seen);
  }
  const seen = finding.seen.slice(0, longestSeen);
  return { check: { id, title, level, source }, result: finding.result, seen, expected, nextStep };
}

export interface Summary {
  /** Something was looked at, and no `must` has failed. */
  readonly conformant: boolean;
  readonly passed: number;
  readonly failedMust: number;
  readonly failedShould: number;
  readonly skipped: number;
}

/** Counts outcomes. */
export function summarize(outcomes: readonly Outcome[]): Summary {
  const count = (result: Result, level?: Check['level']): number =>
    outcomes.filter((o) => o.result === result && (level === undefined || o.check.level === level)).length;
  const failedMust = count('fail', 'must');
  return {
    conformant: failedMust === 0 && count('pass') > 0,
    passed: count('pass'),
    failedMust,
    failedShould: count('fail', 'should'),
    skipped: count('skipped'),
  };
}
