/**
 * What a device offers, without what only this one device has (ids, serial number, extensions). Many devices of a fleet
 * offer exactly the same: an offer is stored and judged once for all of them.
 */
import { createHash } from 'node:crypto';
import { type Capabilities, formatQuantity, type PeripheralNeed } from '@muster/protocol';

/** Sizes are whole Ki: the smallest unit there is, and exact as a JavaScript number up to 2^63 bytes. */
export interface OfferedHosting {
  readonly cpuGroups: readonly { readonly milliCores: number; readonly architecture?: string }[];
  readonly memoryKi: number;
  readonly storageKi: number;
  readonly peripherals: readonly PeripheralNeed[];
  readonly interfaces: readonly string[];
  readonly runtimes: readonly string[];
  readonly deploymentTypes: readonly string[];
  readonly otelCollector?: boolean;
}

export interface Offer {
  readonly vendor: string;
  readonly modelNumber: string;
  /** Null on a gateway that only relays. */
  readonly hosting: OfferedHosting | null;
}

/** What is taken of an offer by reservations: of each CPU group, of memory and storage, and which peripherals. */
export interface Taken {
  readonly milliCores: readonly number[];
  readonly memoryKi: number;
  readonly storageKi: number;
  readonly peripherals: readonly PeripheralNeed[];
}

export const nothingTaken: Taken = { milliCores: [], memoryKi: 0, storageKi: 0, peripherals: [] };

/** Bytes as whole Ki. */
export function toKi(bytes: bigint): number {
  return Number(bytes / 1024n);
}

/** Ki as people write it. */
export function kiText(ki: number): string {
  // The most frequent sizes, without big integers.
  if (ki > 0 && ki < 2 ** 40 && ki % 1024 === 0) {
    const mi = ki / 1024;
    if (mi % 1024 !== 0) return `${mi}Mi`;
    if (mi % 2 ** 20 !== 0) return `${mi / 1024}Gi`;
  }
  return formatQuantity(BigInt(ki) * 1024n);
}

/** Millicores as a number of cores. */
export function coresText(milliCores: number): string {
  return String(milliCores / 1000);
}

/** The same in words. */
export function coresInWords(milliCores: number): string {
  return `${coresText(milliCores)} ${milliCores === 1000 ? 'core' : 'cores'}`;
}

/** Takes the shared part out of a capability model. */
export function offerOf(c: Capabilities): Offer {
  const h = c.hosting;
  return {
    vendor: c.vendor ?? '',
    modelNumber: c.modelNumber ?? '',
    hosting:
      h === undefined
        ? null
        : {
            cpuGroups: h.cpuGroups.map(({ milliCores, architecture }) => ({
              milliCores,
              ...(architecture === undefined ? {} : { architecture }),
            })),
            memoryKi: toKi(h.memory.bytes),
            storageKi: toKi(h.storage.bytes),
            peripherals: h.peripherals.map(({ type, manufacturer, model }) => ({
              type,
              ...(manufacturer === undefined ? {} : { manufacturer }),
              ...(model === undefined ? {} : { model }),
            })),
            interfaces: h.interfaces.map((i) => i.type),
            runtimes: h.runtimes,
            deploymentTypes: h.deploymentTypes,
            ...(h.otelCollector === undefined ? {} : { otelCollector: h.otelCollector }),
          },
  };
}

/** Equal offers have equal digests, on every instance and database. */
export function offerDigest(offerJson: string): string {
  return createHash('sha256').update(offerJson).digest('hex').slice(0, 32);
}

/** The properties of an offer as rc.3 names them, for JSON Pointers. */
export function offerProperties(offer: Offer): Record<string, unknown> {
  const h = offer.hosting;
  return {
    vendor: offer.vendor,
    modelNumber: offer.modelNumber,
    ...(h === null
      ? {}
      : {
          cpus: h.cpuGroups.map((g) => ({
            cores: g.milliCores / 1000,
            ...(g.architecture === undefined ? {} : { architecture: g.architecture }),
          })),
          memory: kiText(h.memoryKi),
          storage: kiText(h.storageKi),
          peripherals: h.peripherals,
          interfaces: h.interfaces.map((type) => ({ type })),
          supportedRuntimes: h.runtimes,
          supportedDeploymentTypes: h.deploymentTypes,
          ...(h.otelCollector === undefined ? {} : { otelCollector: h.otelCollector }),
        }),
  };
}
