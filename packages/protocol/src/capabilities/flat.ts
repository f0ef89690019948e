/** rc.2-B and rc.2-C: what a device takes is listed. */
import { isObject } from '../json.ts';
import type { Findings, Json } from './findings.ts';
import type { Hosting } from './model.ts';
import { cpuGroups, items } from './parts.ts';

function enumeration(properties: Json, key: string, allowed: readonly string[], f: Findings): string[] {
  const values = f.list(properties, key, 'properties');
  if (Array.isArray(properties[key]) && values.length === 0)
    f.problem(`properties.${key}`, 'must have at least one entry');
  // Named twice is named once: or a second mention would be a change of the device.
  return [
    ...new Set(values.flatMap((value, i) => f.choice(value, allowed, `properties.${key}[${i}]`) ?? [])),
  ];
}

/** The fields of which one alone, with a value, says that the device hosts workloads. */
export const claims: readonly string[] = [
  'cpu',
  'cpus',
  'memory',
  'storage',
  'otelCollector',
  'supportedRuntimes',
  'supportedDeploymentTypes',
];

function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '';
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null || value === false;
}

/** Reads what stands flat under `properties`; nothing of it on a gateway that only relays. */
export function flatEra(properties: Json, f: Findings): Hosting | undefined {
  if (claims.every((key) => isEmpty(properties[key]))) {
    // rc.2-B lets a gateway that only relays send empty values (CAP-B); rc.2-C has it leave them out.
    for (const key of claims)
      if (properties[key] !== undefined)
        f.tolerate(`properties.${key}`, 'is left out where no workload is hosted');
    return undefined;
  }
  if (properties['cpu'] !== undefined && properties['cpus'] !== undefined) {
    f.problem('properties.cpu', 'must not stand beside cpus');
  }
  const cpuKey = properties['cpus'] !== undefined || properties['cpu'] === undefined ? 'cpus' : 'cpu';
  const cpu = properties[cpuKey];
  if (isObject(cpu)) f.tolerate(`properties.${cpuKey}`, 'is an array');
  const otel = properties['otelCollector'];
  if (typeof otel !== 'boolean') f.unlike('properties.otelCollector', 'must be true or false', otel);
  if (otel === false) f.tolerate('properties.otelCollector', 'must be true on a device that hosts workloads');
  const memory = f.quantity(properties, 'memory', 'properties');
  const storage = f.quantity(properties, 'storage', 'properties');
  for (const key of ['peripherals', 'interfaces'])
    if (properties[key] === undefined)
      f.tolerate(`properties.${key}`, 'is a list, empty where there is none');
  const withLists = { peripherals: [], interfaces: [], ...properties };
  return {
    cpuGroups: cpuGroups(cpu, `properties.${cpuKey}`, f),
    memory,
    storage,
    ...items(withLists, 'properties', f),
    ...(typeof otel === 'boolean' ? { otelCollector: otel } : {}),
    runtimes: enumeration(properties, 'supportedRuntimes', ['oci', 'custom'], f),
    deploymentTypes: enumeration(properties, 'supportedDeploymentTypes', ['helm', 'compose', 'custom'], f),
  };
}
