import { letOthersRun } from '../fleet/catalogue.ts';
import type { FleetStore } from '../store/ports/inventory.ts';

/** Rows read at once, and offers judged at once, before others may run. */
export const step = 400;
/** Counts are small: more of them are read at once. */
const countStep = 2000;

/** How many devices there are of each offer; by label set where labels matter, else under 0. */
export async function countGroups(
  fleet: FleetStore,
  labelSetIds: readonly number[] | null,
  byLabels: boolean,
): Promise<Map<number, Map<number, number>>> {
  const counts = new Map<number, Map<number, number>>();
  const add = (offerId: number, labelSetId: number, devices: number): void => {
    let sets = counts.get(offerId);
    if (sets === undefined) counts.set(offerId, (sets = new Map()));
    const at = byLabels ? labelSetId : 0;
    sets.set(at, (sets.get(at) ?? 0) + devices);
  };
  if (labelSetIds === null && !byLabels) {
    let after = 0;
    for (;;) {
      const found = await fleet.offerCounts(after, countStep);
      for (const { id, devices } of found) if (devices > 0) add(id, 0, devices);
      after = found.at(-1)?.id ?? 0;
      if (found.length < countStep) return counts;
      await letOthersRun();
    }
  }
  if (labelSetIds !== null) {
    for (let i = 0; i < labelSetIds.length; i += step) {
      const some = labelSetIds.slice(i, i + step);
      if (byLabels) for (const g of await fleet.groupsOf(some)) add(g.offerId, g.labelSetId, g.devices);
      else for (const { id, devices } of await fleet.offerCountsOf(some)) add(id, 0, devices);
      if (i + step < labelSetIds.length) await letOthersRun();
    }
    return counts;
  }
  let after: readonly [number, number] = [0, 0];
  for (;;) {
    const found = await fleet.groups(after, step);
    for (const g of found) add(g.offerId, g.labelSetId, g.devices);
    const last = found.at(-1);
    if (last === undefined || found.length < step) return counts;
    after = [last.labelSetId, last.offerId];
    await letOthersRun();
  }
}
