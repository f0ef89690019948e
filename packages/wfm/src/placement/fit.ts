/** Where one copy goes, what would stay unused, and how many copies fit. Pure; only asked where all constraints are met. */
import type { PeripheralNeed, Requirement } from '@muster/protocol';
import { freeCpu, freeKi, suitsCpu } from './constraints.ts';
import { type Offer, type Taken, toKi } from './offer.ts';
import { Assignment } from './peripherals.ts';

/** A device is never said to take more copies than this: a requirement of nothing would fit without end. */
const mostCopies = 1000;

export interface Fit {
  /** The CPU group that takes the copy: the smallest that is large enough. Absent where no cores are required. */
  readonly cpuGroup?: number | undefined;
  /**
   * The share of the free cores (of that group), memory and storage that would stay unused, in thousandths, summed: 0 is a
   * device that is used up exactly, 3000 one that is not used at all. The least comes first.
   */
  readonly waste: number;
  readonly copies: number;
}

function unused(free: number, need: number): number {
  return free === 0 ? 0 : Math.floor((1000 * (free - need)) / free);
}

const times = (free: number, need: number): number => (need === 0 ? mostCopies : Math.floor(free / need));

/** @param taken what reservations hold already */
export function fitOf(r: Requirement, offer: Offer, taken: Taken): Fit {
  const h = offer.hosting;
  if (h === null) return { waste: 0, copies: 0 };
  const cores = r.cpu?.milliCores ?? 0;
  let cpuGroup: number | undefined;
  let [groupFree, cpuCopies] = [0, 0];
  for (const [i, free] of freeCpu(h, taken).entries()) {
    if (!suitsCpu(r.cpu, h.cpuGroups[i]?.architecture) || free < cores) continue;
    if (cpuGroup === undefined || free < groupFree) [cpuGroup, groupFree] = [i, free];
    cpuCopies += times(free, cores);
  }
  const memory = r.memory === undefined ? 0 : toKi(r.memory.bytes);
  const storage = r.storage === undefined ? 0 : toKi(r.storage.bytes);
  const memoryFree = freeKi(h.memoryKi, taken.memoryKi);
  const storageFree = freeKi(h.storageKi, taken.storageKi);
  let copies = Math.min(
    mostCopies,
    cores === 0 ? mostCopies : cpuCopies,
    times(memoryFree, memory),
    times(storageFree, storage),
  );
  if (r.peripherals.length > 0) {
    // Each copy takes peripherals of its own; interfaces are shared.
    const assignment = new Assignment(h.peripherals);
    const take = (need: PeripheralNeed): boolean => assignment.take(need);
    let fits = 0;
    if (taken.peripherals.every(take)) while (fits < copies && r.peripherals.every(take)) fits++;
    copies = fits;
  }
  return {
    cpuGroup: r.cpu === undefined ? undefined : (cpuGroup ?? 0),
    waste: unused(groupFree, cores) + unused(memoryFree, memory) + unused(storageFree, storage),
    copies,
  };
}
