/** What reservations hold of a device. Pure. */
import { parseQuantity, type Requirement } from '@muster/protocol';
import { type Taken, toKi } from './offer.ts';

/** A requirement as stored text: quantities as they were written. */
export function requirementToJson(r: Requirement): string {
  return JSON.stringify({ ...r, memory: r.memory?.text, storage: r.storage?.text });
}

/** Reads back what {@link requirementToJson} wrote. */
export function requirementFromJson(text: string): Requirement {
  const { memory, storage, ...rest } = JSON.parse(text) as Omit<Requirement, 'memory' | 'storage'> & {
    memory?: string;
    storage?: string;
  };
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
