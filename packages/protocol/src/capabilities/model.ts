/** The one model of what a device offers; every wire shape maps to it and from it. */
import type { Quantity } from '../quantities.ts';

/** The published capability shapes (`spec`: rc.1, and the three bodies that were called rc.2). */
export type WireProfile = 'rc.1' | 'rc.2a' | 'rc.2b' | 'rc.2c';

export type Architecture = 'amd64' | 'arm64' | 'arm';
export const peripheralTypes = ['gpu', 'display', 'camera', 'microphone', 'speaker'] as const;
export const interfaceTypes = [
  'ethernet',
  'wifi',
  'cellular',
  'bluetooth',
  'usb',
  'canbus',
  'rs232',
] as const;
export type PeripheralType = (typeof peripheralTypes)[number];
export type InterfaceType = (typeof interfaceTypes)[number];

/** Cores on which one workload can be placed; groups never add up. */
export interface CpuGroup {
  readonly milliCores: number;
  readonly architecture?: Architecture;
}

export interface Peripheral {
  readonly type: PeripheralType;
  readonly manufacturer?: string;
  readonly model?: string;
}

export interface Interface {
  readonly type: InterfaceType;
}

/** What a device that takes workloads offers. */
export interface Hosting {
  readonly cpuGroups: readonly CpuGroup[];
  readonly memory: Quantity;
  readonly storage: Quantity;
  readonly peripherals: readonly Peripheral[];
  readonly interfaces: readonly Interface[];
  readonly otelCollector?: boolean;
  readonly runtimes: readonly string[];
  readonly deploymentTypes: readonly string[];
}

export interface Capabilities {
  readonly deviceId: string;
  readonly vendor: string;
  readonly modelNumber: string;
  readonly serialNumber: string;
  /** Absent on a gateway that only relays. */
  readonly hosting?: Hosting;
  /** As sent by the shapes that have roles (rc.1, rc.2-A). */
  readonly roles?: readonly string[];
  readonly extensions: Readonly<Record<string, object>>;
}

export interface ParsedCapabilities {
  readonly capabilities: Capabilities;
  readonly profile: WireProfile;
  readonly warnings: readonly string[];
}
