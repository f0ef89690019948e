/** Which candidate stands before which. Pure. */
import type { Verdict } from './judge.ts';
import { byDistance } from './judge.ts';

/** What a device is ranked by. */
export interface Ranked {
  readonly clientId: string;
  readonly deviceId: string;
  readonly offerDigest: string;
  readonly verdict: Verdict;
}

/** Compares by code units: the same on every machine and database. */
export const textOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The least waste first where both fit, else what is nearest to fitting; 0 where they stand equal. */
export function compareVerdicts(a: Verdict, b: Verdict): number {
  return a.fit === null || b.fit === null
    ? byDistance(a, b)
    : a.fit.waste - b.fit.waste || a.profile - b.profile;
}

/** The same for verdicts that stand equal. */
export function verdictKey({ fit, profile, unmet, missing }: Verdict): string {
  return fit === null ? `${unmet}:${missing}` : `${fit.waste}:${profile}`;
}

/** The verdict first, then equal offers together, then the ids: the same on every database. */
export function compareRanked(a: Ranked, b: Ranked): number {
  return (
    compareVerdicts(a.verdict, b.verdict) ||
    textOrder(a.offerDigest, b.offerDigest) ||
    textOrder(a.clientId, b.clientId) ||
    textOrder(a.deviceId, b.deviceId)
  );
}

/** Takes the best of each place before the second best of any, places in the order of their best. */
function spreadOver<T>(ranked: readonly T[], place: (one: T) => string): T[] {
  const turns = new Map<string, number>();
  const withTurn = ranked.map((one, i) => {
    const key = place(one);
    const turn = turns.get(key) ?? 0;
    turns.set(key, turn + 1);
    return { one, turn, i };
  });
  return withTurn.sort((a, b) => a.turn - b.turn || a.i - b.i).map(({ one }) => one);
}

/** Spreads candidates over gateways or over the values of a label; without either they stay as they are. */
export function spread<T extends Ranked & { readonly labels: Readonly<Record<string, string>> }>(
  ranked: readonly T[],
  by: string | undefined,
): readonly T[] {
  if (by === undefined) return ranked;
  return spreadOver(ranked, ({ clientId, deviceId, labels }) => {
    if (by === 'gateway') return `${clientId}\n${deviceId.split('/')[0] ?? ''}`;
    // A label may be called `constructor`.
    return Object.hasOwn(labels, by) ? (labels[by] ?? '') : '';
  });
}
