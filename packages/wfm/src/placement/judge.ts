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

/** One unmet constraint. */
interface Miss {
  readonly constraint: string;
  readonly text: () => string;
  readonly perMille: number;
}

export interface Verdict {
  /** Index of the profile that fits, or of the one that comes nearest. */
  readonly profile: number;
  readonly fit: Fit | null;
  readonly misses: readonly Miss[];
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

/** The distance of a set of misses: fewer first, then the smaller missing share. */
export function distance(misses: readonly Miss[]): readonly [number, number] {
  return [misses.length, misses.reduce((sum, m) => sum + m.perMille, 0)];
}

function isNearer(misses: readonly Miss[], than: readonly Miss[]): boolean {
  const [[n, share], [thanN, thanShare]] = [distance(misses), distance(than)];
  return n < thanN || (n === thanN && share < thanShare);
}

/** Judges by every profile in order; the first that fits decides. */
export function judge(profiles: readonly CompiledProfile[], subject: Subject): Verdict {
  let nearest: Verdict | undefined;
  for (const [profile, { constraints, requirement }] of profiles.entries()) {
    const misses: Miss[] = [];
    for (const c of constraints) {
      if (c.met(subject)) continue;
      const { text, perMille } = c.lack(subject);
      misses.push({ constraint: c.name, text, perMille });
    }
    if (misses.length === 0)
      return { profile, fit: fitOf(requirement, subject.offer, subject.taken), misses };
    // With one profile, as nearly always, there is nothing to compare.
    if (nearest === undefined || isNearer(misses, nearest.misses)) nearest = { profile, fit: null, misses };
  }
  return nearest ?? { profile: 0, fit: null, misses: [] };
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
