/** rc.2-B and rc.2-C: what a device takes is listed. */
import { isObject } from '../json.ts';
import type { Findings, Json } from './findings.ts';
import type { Hosting } from './model.ts';
import { cpuGroups, items } from './parts.ts';

function enumeration(properties: Json, key: string, allowed: readonly string[], f: Findings): string[] {
  const values = f.list(properties, key, 'properties');
  if (Array.isArray(properties[key]) && values.length === 0)
    f.problem(`properties.${key}`, 'must have at least one entry');
  return values.flatMap((value, i) => f.choice(value, allowed, `properties.${key}[${i}]`) ?? []);
}

const claims = [
  'cpu',
  'cpus',
  'memory',
  'storage',
  'otelCollector',
  'supportedRuntimes',
  'supportedDeploymentTypes',
];

/** Reads what stands flat under `properties`; nothing of it on a gateway that only relays. */
export function flatEra(properties: Json, f: Findings): Hosting | undefined {
  const isAbsent = (key: string): boolean => {
    const value = properties[key];
    return (
      value === undefined ||
      value === null ||
      ((key.startsWith('supported') || key.startsWith('cpu')) && Array.isArray(value) && value.length === 0)
    );
  };
  const hosts = claims.some((key) => !isAbsent(key));
  if (!hosts) {
    for (const key of ['cpu', 'cpus']) {
      if (Array.isArray(properties[key]))
        f.problem(`properties.${key}`, 'must be left out where no workload is hosted');
    }
    return undefined;
  }
  if (properties['cpu'] !== undefined && properties['cpus'] !== undefined) {
    f.problem('properties.cpu', 'must not stand beside cpus');
  }
  const cpuKey = properties['cpus'] !== undefined || properties['cpu'] === undefined ? 'cpus' : 'cpu';
  const cpu = properties[cpuKey];
  if (isObject(cpu)) f.tolerate(`properties.${cpuKey}`, 'is an array');
  const otel = properties['otelCollector'];
  if (typeof otel !== 'boolean')
    f.problem('properties.otelCollector', otel === undefined ? 'is required' : 'must be true or false');
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
