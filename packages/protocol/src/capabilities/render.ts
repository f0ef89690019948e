/** Writing the one model in each published shape, and as plain JSON for storing and printing. */
import { parseQuantity } from '../quantities.ts';
import type { Capabilities, CpuGroup, Hosting, WireProfile } from './model.ts';
import { capabilitiesApiVersion } from './parse.ts';

function cpu(group: CpuGroup): object {
  const { milliCores, architecture } = group;
  return { cores: milliCores / 1000, ...(architecture === undefined ? {} : { architecture }) };
}

function quantity(text: string): string {
  return text.replace(/\s+/g, '');
}

function rolesOf(c: Capabilities): readonly string[] {
  if (c.roles !== undefined) return c.roles;
  if (c.hosting === undefined) return ['Gateway'];
  const roles: string[] = [];
  if (c.hosting.deploymentTypes.includes('helm')) roles.push('Standalone Cluster');
  if (c.hosting.deploymentTypes.includes('compose') || roles.length === 0) roles.push('Standalone Device');
  return roles;
}

/** The cores that rc.1's single entry can promise: groups never add up, so the largest one. */
function largest(groups: readonly CpuGroup[]): CpuGroup {
  return groups.reduce((a, b) => (b.milliCores > a.milliCores ? b : a), groups[0] ?? { milliCores: 0 });
}

function rolesShape(c: Capabilities, hosting: Hosting | undefined, array: boolean): object {
  const roles = rolesOf(c);
  if (hosting === undefined) return { roles };
  return {
    roles,
    resources: {
      cpu: array ? hosting.cpuGroups.map(cpu) : cpu(largest(hosting.cpuGroups)),
      memory: quantity(hosting.memory.text),
      storage: quantity(hosting.storage.text),
      peripherals: hosting.peripherals,
      interfaces: hosting.interfaces,
    },
  };
}

function flatShape(hosting: Hosting | undefined, key: 'cpu' | 'cpus'): object {
  if (hosting === undefined) return {};
  return {
    [key]: hosting.cpuGroups.map(cpu),
    memory: quantity(hosting.memory.text),
    storage: quantity(hosting.storage.text),
    peripherals: hosting.peripherals,
    interfaces: hosting.interfaces,
    otelCollector: hosting.otelCollector ?? true,
    supportedRuntimes: hosting.runtimes,
    supportedDeploymentTypes: hosting.deploymentTypes,
  };
}

/** Writes a capability document in one of the published shapes. */
export function renderCapabilities(c: Capabilities, profile: WireProfile): object {
  const identity = {
    id: c.deviceId,
    vendor: c.vendor,
    modelNumber: c.modelNumber,
    serialNumber: c.serialNumber,
  };
  const rest =
    profile === 'rc.1' || profile === 'rc.2a'
      ? rolesShape(c, c.hosting, profile === 'rc.2a')
      : flatShape(c.hosting, profile === 'rc.2b' ? 'cpu' : 'cpus');
  return {
    apiVersion: capabilitiesApiVersion,
    kind: 'DeviceCapabilitiesManifest',
    properties: { ...identity, ...rest },
    ...c.extensions,
  };
}

/** The model as plain JSON: byte counts as decimal strings, everything else as it is. */
export function capabilitiesToJson(c: Capabilities): object {
  if (c.hosting === undefined) return { ...c };
  const size = (q: Hosting['memory']): object => ({ text: q.text, bytes: q.bytes.toString() });
  return {
    ...c,
    hosting: { ...c.hosting, memory: size(c.hosting.memory), storage: size(c.hosting.storage) },
  };
}

/** Reads back what {@link capabilitiesToJson} wrote; for our own stored text only, so it trusts the shape. */
export function capabilitiesFromJson(value: unknown): Capabilities {
  const stored = value as Capabilities;
  if (stored.hosting === undefined) return stored;
  const { memory, storage } = stored.hosting;
  return {
    ...stored,
    hosting: { ...stored.hosting, memory: parseQuantity(memory.text), storage: parseQuantity(storage.text) },
  };
}
