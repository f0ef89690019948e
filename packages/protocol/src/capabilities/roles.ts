/** rc.1 and rc.2-A: roles say what a device takes. */
import { isObject } from '../json.ts';
import type { Findings, Json } from './findings.ts';
import type { Hosting } from './model.ts';
import { cpuGroups, items } from './parts.ts';

// A map: an object would also have an entry for `constructor`.
const roleNames: ReadonlyMap<string, string> = new Map(
  ['Standalone Cluster', 'Cluster Leader', 'Standalone Device', 'Gateway'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

/** Reads roles, and the rest under `resources`. */
export function rolesEra(properties: Json, f: Findings): { roles: string[]; hosting?: Hosting } {
  const roles = f.list(properties, 'roles', 'properties').flatMap((role, i) => {
    const known = typeof role === 'string' ? roleNames.get(role.toLowerCase()) : undefined;
    if (known === undefined)
      f.unlike(`properties.roles[${i}]`, `must be one of ${[...roleNames.values()].join(', ')}`, role);
    else if (known !== role) f.tolerate(`properties.roles[${i}]`, `is written ${known}`);
    return known === undefined ? [] : [known];
  });
  const gatewayOnly = roles.length > 0 && roles.every((role) => role === 'Gateway');
  const resources = properties['resources'];
  if (resources === undefined && gatewayOnly) return { roles };
  if (!isObject(resources)) {
    f.unlike('properties.resources', 'must be an object', resources);
    return { roles };
  }
  const path = 'properties.resources';
  const deploymentTypes: string[] = [];
  if (roles.includes('Standalone Cluster') || roles.includes('Cluster Leader')) deploymentTypes.push('helm');
  if (roles.includes('Standalone Device')) deploymentTypes.push('compose');
  const hosting: Hosting = {
    cpuGroups: cpuGroups(resources['cpu'], `${path}.cpu`, f),
    memory: f.quantity(resources, 'memory', path),
    storage: f.quantity(resources, 'storage', path),
    ...items(resources, path, f),
    // Only a role that hosts has a runtime; no role is none of these.
    runtimes: deploymentTypes.length === 0 ? [] : ['oci'],
    deploymentTypes,
  };
  return { roles, hosting };
}
