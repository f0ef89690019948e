/** On which CPU of a device reserved cores are, when a report lists its CPUs otherwise than before. Pure. */
import { suitsCpu } from './constraints.ts';
import type { Offer, OfferedHosting } from './offer.ts';
import { requirementFromJson } from './taken.ts';

type Group = OfferedHosting['cpuGroups'][number];

const isOfOneKind = (a: Group, b: Group): boolean => a.architecture === b.architecture;
const isEqual = (a: Group, b: Group): boolean => isOfOneKind(a, b) && a.milliCores === b.milliCores;

/**
 * The place of each CPU in the new list. CPUs have no names: one is known again by what it is, and where several are the
 * same, by where it stands.
 */
function placesOf(before: readonly Group[], after: readonly Group[]): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  const left = new Set(after.keys());
  for (const [test, staysHere] of [
    [isEqual, true],
    [isEqual, false],
    [isOfOneKind, true],
    [isOfOneKind, false],
  ] as const)
    for (const [was, old] of before.entries()) {
      if (places.has(was)) continue;
      const is = [...left].find((i) => {
        const group = after[i];
        return group !== undefined && (!staysHere || i === was) && test(old, group);
      });
      if (is === undefined) continue;
      places.set(was, is);
      left.delete(is);
    }
  return places;
}

/**
 * Reserved cores stay with the CPU that they were taken from, wherever it is listed now. What has no room there any more goes
 * as a new reservation would: to the smallest CPU that is large enough, else to the one with most left, so that it counts; and
 * to none (null) where none suits.
 * @param reserved all reservations of one device; those that stay where they were are answered as they were given
 */
export function settledCpus<T extends { requirement: string; cpuGroup: number | null }>(
  reserved: readonly T[],
  before: Offer,
  after: Offer,
): readonly T[] {
  const [old, now] = [before.hosting?.cpuGroups ?? [], after.hosting?.cpuGroups ?? []];
  const places = placesOf(old, now);
  const left = now.map((group) => group.milliCores);
  const needs = reserved.map((one) => requirementFromJson(one.requirement).cpu);
  const found = new Map<T, number>();
  for (const [i, one] of reserved.entries()) {
    const place = one.cpuGroup === null ? undefined : places.get(one.cpuGroup);
    const [need, room] = [needs[i]?.milliCores, left[place ?? -1]];
    if (place === undefined || need === undefined || room === undefined || room < need) continue;
    found.set(one, place);
    left[place] = room - need;
  }
  return reserved.map((one, i) => {
    const need = needs[i];
    if (need === undefined) return one;
    let place = found.get(one) ?? null;
    if (place === null) {
      const suiting = [...left.entries()].filter(([at]) => suitsCpu(need, now[at]?.architecture));
      const enough = suiting.filter(([, room]) => room >= need.milliCores).sort(([, a], [, b]) => a - b);
      const [best] = enough.length > 0 ? enough : suiting.sort(([, a], [, b]) => b - a);
      place = best?.[0] ?? null;
      if (best !== undefined) left[best[0]] = best[1] - need.milliCores;
    }
    return place === one.cpuGroup ? one : { ...one, cpuGroup: place };
  });
}
