import { letOthersRun } from '../fleet/catalogue.ts';
import type { FleetGroup, FleetStore } from '../store/ports/inventory.ts';

/** Rows read at once, and offers judged at once, before others may run. */
export const step = 400;
const turnMs = 5;
/** Counts are small: more of them are read at once. */
const countStep = 2000;
/** Label sets whose groups are added up at once: each may have many. */
const setStep = 200;

/** What is judged lets others run: after so many, and as soon as it has taken so long; some questions are a thousand times others. */
export class Turns {
  #judged = 0;
  #since = performance.now();

  /** To be asked after each that is judged: it counts them. */
  isOver(): boolean {
    if (++this.#judged % step === 0) return true;
    // Looking at the clock takes as long as judging by an easy question.
    return this.#judged % 8 === 0 && performance.now() - this.#since > turnMs;
  }

  async next(): Promise<void> {
    await letOthersRun();
    this.#since = performance.now();
  }
}

/** How many devices there are of each offer; by label set where labels matter, else each offer once, under 0. */
export async function countGroups(
  fleet: FleetStore,
  labelSetIds: readonly number[] | null,
  byLabels: boolean,
): Promise<FleetGroup[]> {
  const groups: FleetGroup[] = [];
  if (labelSetIds === null && !byLabels) {
    for (let after = 0; ; ) {
      const found = await fleet.offerCounts(after, countStep);
      for (const { id, devices } of found) groups.push({ labelSetId: 0, offerId: id, devices });
      const last = found.at(-1);
      if (last === undefined || found.length < countStep) return groups;
      after = last.id;
      await letOthersRun();
    }
  }
  if (labelSetIds !== null) {
    const sums = new Map<number, number>();
    for (let i = 0; i < labelSetIds.length; i += setStep) {
      const some = labelSetIds.slice(i, i + setStep);
      if (byLabels) groups.push(...(await fleet.groupsOf(some)));
      else
        for (const { id, devices } of await fleet.offerCountsOf(some))
          sums.set(id, (sums.get(id) ?? 0) + devices);
      if (i + setStep < labelSetIds.length) await letOthersRun();
    }
    for (const [offerId, devices] of sums) groups.push({ labelSetId: 0, offerId, devices });
    return groups;
  }
  for (let after: readonly [number, number] = [0, 0]; ; ) {
    const found = await fleet.groups(after, countStep);
    groups.push(...found);
    const last = found.at(-1);
    if (last === undefined || found.length < countStep) return groups;
    after = [last.labelSetId, last.offerId];
    await letOthersRun();
  }
}
