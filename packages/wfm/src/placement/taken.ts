/** What reservations hold of a device. Pure. */
import { parseQuantity, type Requirement } from '@muster/protocol';
import { type Taken, toKi } from './offer.ts';

export type Storable = Omit<Requirement, 'memory' | 'storage'> & { memory?: string; storage?: string };

/** A requirement as it is stored: quantities as they were written. */
export function storableRequirement(r: Requirement): object {
  return { ...r, memory: r.memory?.text, storage: r.storage?.text };
}

/** The same as text. */
export function requirementToJson(r: Requirement): string {
  return JSON.stringify(storableRequirement(r));
}

/** Reads back what {@link requirementToJson} wrote. */
export function requirementFromJson(text: string): Requirement {
  return requirementOf(JSON.parse(text) as Storable);
}

/** Reads back what {@link storableRequirement} made. */
export function requirementOf({ memory, storage, ...rest }: Storable): Requirement {
  return {
    ...rest,
    ...(memory === undefined ? {} : { memory: parseQuantity(memory) }),
    ...(storage === undefined ? {} : { storage: parseQuantity(storage) }),
  };
}

/** Adds up reservations of one device. */
export function takenBy(reserved: readonly { requirement: string; cpuGroup: number | null }[]): Taken {
  const milliCores: number[] = [];
  let [memoryKi, storageKi] = [0, 0];
  const peripherals: Requirement['peripherals'][number][] = [];
  for (const { requirement, cpuGroup } of reserved) {
    const r = requirementFromJson(requirement);
    if (r.cpu !== undefined && cpuGroup !== null) {
      while (milliCores.length <= cpuGroup) milliCores.push(0);
      milliCores[cpuGroup] = (milliCores[cpuGroup] ?? 0) + r.cpu.milliCores;
    }
    if (r.memory !== undefined) memoryKi += toKi(r.memory.bytes);
    if (r.storage !== undefined) storageKi += toKi(r.storage.bytes);
    peripherals.push(...r.peripherals);
  }
  return { milliCores, memoryKi, storageKi, peripherals };
}
