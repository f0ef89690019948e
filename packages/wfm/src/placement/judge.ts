/** Judges one subject by an application: the first profile that fits, or how near the nearest comes. Pure. */
import type { Application, Requirement } from '@muster/protocol';
import {
  type Check,
  type Constraint,
  constraintsOf,
  explain,
  type Scope,
  type Subject,
} from './constraints.ts';
import { type Fit, fitOf } from './fit.ts';

export interface CompiledProfile {
  readonly id: string;
  readonly requirement: Requirement;
  readonly constraints: readonly Constraint[];
}

/** Numbers only: of thousands of offers that are judged, a few are shown. */
export interface Verdict {
  /** Index of the profile that fits, or of the one that comes nearest. */
  readonly profile: number;
  readonly fit: Fit | null;
  /** How many of its constraints are not met. */
  readonly unmet: number;
  /** Their missing shares, added up; in thousandths. */
  readonly missing: number;
  /** Where only one is not met, that one. */
  readonly only: Constraint | null;
}

/** The order of profiles is that of the document. */
export function compile(application: Application): CompiledProfile[] {
  return application.profiles.map(({ id, requirement }) => ({
    id,
    requirement,
    constraints: constraintsOf(requirement),
  }));
}

/** Whether any constraint, besides the state of the client, looks at this scope. */
export function looksAt(profiles: readonly CompiledProfile[], scope: Scope): boolean {
  return profiles.some((p) => p.constraints.some((c) => c.scope === scope && c.name !== 'client'));
}

/** The distance of two verdicts that do not fit: fewer constraints first, then the smaller missing share. */
export const byDistance = (a: Verdict, b: Verdict): number => a.unmet - b.unmet || a.missing - b.missing;

/** Judges by one profile. */
function judgeProfile(profile: number, { constraints, requirement }: CompiledProfile, s: Subject): Verdict {
  let [unmet, missing] = [0, 0];
  let only: Constraint | null = null;
  for (const c of constraints) {
    const lacking = c.missing(s);
    if (lacking === 0) continue;
    missing += lacking;
    only = unmet++ === 0 ? c : null;
  }
  return { profile, fit: unmet === 0 ? fitOf(requirement, s.offer, s.taken) : null, unmet, missing, only };
}

/** Judges by every profile in order; the first that fits decides. */
export function judge(profiles: readonly CompiledProfile[], subject: Subject): Verdict {
  let nearest: Verdict | undefined;
  for (let i = 0; i < profiles.length; i++) {
    const verdict = judgeProfile(i, profiles[i] as CompiledProfile, subject);
    if (verdict.fit !== null) return verdict;
    if (nearest === undefined || byDistance(verdict, nearest) < 0) nearest = verdict;
  }
  return nearest ?? { profile: 0, fit: null, unmet: 0, missing: 0, only: null };
}

/** Why a device fits or does not, for each profile. */
export function explainAll(
  profiles: readonly CompiledProfile[],
  subject: Subject,
): { profile: string; fits: boolean; checks: Check[] }[] {
  return profiles.map(({ id, constraints }) => {
    const checks = explain(constraints, subject);
    return { profile: id, fits: checks.every((c) => c.met), checks };
  });
}
