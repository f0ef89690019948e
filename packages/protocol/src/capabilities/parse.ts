/** Reading every published capability shape into the one model, with all problems at once. */
import { type FieldProblem, ProtocolError } from '../errors.ts';
import { parseDeviceId } from '../device-id.ts';
import { isObject } from '../json.ts';
import { type Quantity, parseQuantity } from '../quantities.ts';
import {
  type Architecture,
  type Capabilities,
  type CpuGroup,
  type Hosting,
  type InterfaceType,
  interfaceTypes,
  type ParsedCapabilities,
  type PeripheralType,
  peripheralTypes,
  type WireProfile,
} from './model.ts';

export const capabilitiesApiVersion = 'device.margo.org/v1alpha1';

type Json = Record<string, unknown>;

const extensionPattern = /^x-[a-z][a-z0-9-]*-extensions$/;
// Maps: an object would also have an entry for `constructor`.
const architectures: ReadonlyMap<string, Architecture> = new Map([
  ['amd64', 'amd64'],
  ['arm64', 'arm64'],
  ['arm', 'arm'],
  ['x86_64', 'amd64'],
  ['x86-64', 'amd64'],
  ['aarch64', 'arm64'],
  ['armv7', 'arm'],
  ['armhf', 'arm'],
]);
const roleNames: ReadonlyMap<string, string> = new Map(
  ['Standalone Cluster', 'Cluster Leader', 'Standalone Device', 'Gateway'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

/** Collects problems and warnings while reading. */
class Findings {
  readonly problems: FieldProblem[] = [];
  readonly warnings: string[] = [];
  readonly strict: boolean;

  constructor(strict: boolean) {
    this.strict = strict;
  }

  problem(field: string, message: string): void {
    // A hostile document can be wrong in ten thousand places; a hundred are enough to act on.
    if (this.problems.length < 100) this.problems.push({ field, message });
  }

  tolerate(field: string, message: string): void {
    if (this.strict) this.problem(field, message);
    else if (this.warnings.length < 100) this.warnings.push(`${field}: ${message}`);
  }

  text(object: Json, key: string, path: string): string {
    const value = object[key];
    if (typeof value === 'string' && value.length <= 1024) return value;
    this.problem(
      `${path}.${key}`,
      value === undefined ? 'is required' : 'must be a string of at most 1024 characters',
    );
    return '';
  }

  list(object: Json, key: string, path: string): readonly unknown[] {
    const value = object[key];
    if (Array.isArray(value) && value.length <= 1024) return value;
    this.problem(
      `${path}.${key}`,
      value === undefined ? 'is required' : 'must be an array of at most 1024 items',
    );
    return [];
  }

  quantity(object: Json, key: string, path: string): Quantity {
    const value = object[key];
    if (typeof value === 'string') {
      try {
        return parseQuantity(value);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.problem(`${path}.${key}`, error.message);
      }
    } else
      this.problem(`${path}.${key}`, value === undefined ? 'is required' : 'must be a string such as 8Gi');
    return { text: '0Ki', bytes: 0n };
  }

  /** One value of an enumeration, whatever its letter case. */
  choice<T extends string>(value: unknown, allowed: readonly T[], field: string): T | undefined {
    const found = typeof value === 'string' ? allowed.find((a) => a === value.toLowerCase()) : undefined;
    if (found === undefined) this.problem(field, `must be one of ${allowed.join(', ')}`);
    else if (found !== value) this.tolerate(field, `is written ${found}`);
    return found;
  }
}

function cpuGroup(value: unknown, path: string, f: Findings): CpuGroup {
  if (!isObject(value)) {
    f.problem(path, 'must be an object');
    return { milliCores: 0 };
  }
  const cores = value['cores'];
  let milliCores = 0;
  if (typeof cores !== 'number' || !(cores > 0) || cores > 1_000_000) {
    f.problem(`${path}.cores`, cores === undefined ? 'is required' : 'must be a number above 0');
  } else {
    milliCores = Math.round(cores * 1000);
    if (Math.abs(milliCores - cores * 1000) > 1e-6)
      f.problem(`${path}.cores`, 'must have at most 3 decimals');
  }
  const given = value['architecture'];
  if (given === undefined) return { milliCores };
  const architecture = typeof given === 'string' ? architectures.get(given.toLowerCase()) : undefined;
  if (architecture === undefined) {
    f.problem(`${path}.architecture`, 'must be one of amd64, arm64, arm');
    return { milliCores };
  }
  if (architecture !== given) f.tolerate(`${path}.architecture`, `is written ${architecture}`);
  return { milliCores, architecture };
}

function cpuGroups(value: unknown, path: string, f: Findings): CpuGroup[] {
  if (isObject(value)) return [cpuGroup(value, path, f)];
  if (!Array.isArray(value)) {
    f.problem(path, value === undefined ? 'is required' : 'must be an array of CPUs');
    return [];
  }
  if (value.length === 0 || value.length > 256)
    f.problem(path, 'must have 1 to 256 entries on a device that hosts workloads');
  return value.slice(0, 256).map((item, i) => cpuGroup(item, `${path}[${i}]`, f));
}

function items(object: Json, path: string, f: Findings): Pick<Hosting, 'peripherals' | 'interfaces'> {
  const peripherals = f.list(object, 'peripherals', path).flatMap((item, i) => {
    const at = `${path}.peripherals[${i}]`;
    if (!isObject(item)) {
      f.problem(at, 'must be an object');
      return [];
    }
    const type = f.choice<PeripheralType>(item['type'], peripheralTypes, `${at}.type`);
    const named: { manufacturer?: string; model?: string } = {};
    for (const key of ['manufacturer', 'model'] as const) {
      if (item[key] !== undefined) named[key] = f.text(item, key, at);
    }
    return type === undefined ? [] : [{ type, ...named }];
  });
  const interfaces = f.list(object, 'interfaces', path).flatMap((item, i) => {
    const at = `${path}.interfaces[${i}]`;
    if (!isObject(item)) {
      f.problem(at, 'must be an object');
      return [];
    }
    const type = f.choice<InterfaceType>(item['type'], interfaceTypes, `${at}.type`);
    return type === undefined ? [] : [{ type }];
  });
  return { peripherals, interfaces };
}

/** rc.1 and rc.2-A: roles, and the rest under `resources`. */
function rolesEra(properties: Json, f: Findings): { roles: string[]; hosting?: Hosting } {
  const roles = f.list(properties, 'roles', 'properties').flatMap((role, i) => {
    const known = typeof role === 'string' ? roleNames.get(role.toLowerCase()) : undefined;
    if (known === undefined)
      f.problem(`properties.roles[${i}]`, `must be one of ${[...roleNames.values()].join(', ')}`);
    else if (known !== role) f.tolerate(`properties.roles[${i}]`, `is written ${known}`);
    return known === undefined ? [] : [known];
  });
  const gatewayOnly = roles.length > 0 && roles.every((role) => role === 'Gateway');
  const resources = properties['resources'];
  if (resources === undefined && gatewayOnly) return { roles };
  if (!isObject(resources)) {
    f.problem('properties.resources', resources === undefined ? 'is required' : 'must be an object');
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
    runtimes: gatewayOnly ? [] : ['oci'],
    deploymentTypes,
  };
  return { roles, hosting };
}

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

/** rc.2-B and rc.2-C: everything flat under `properties`; nothing of it on a gateway that only relays. */
function flatEra(properties: Json, f: Findings): Hosting | undefined {
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

function extensionsOf(root: Json, rolesShape: boolean, f: Findings): Record<string, object> {
  const extensions: Record<string, object> = {};
  for (const [key, value] of Object.entries(root)) {
    if (key === 'apiVersion' || key === 'kind' || key === 'properties') continue;
    if (key.startsWith('x-')) {
      if (!extensionPattern.test(key))
        f.problem(key, 'an extension is named x-<name>-extensions in lower case');
      else if (!isObject(value)) f.problem(key, 'must be an object');
      else extensions[key] = value;
    } else if (!rolesShape) f.problem(key, 'is not known here');
  }
  return extensions;
}

function profileOf(properties: Json, route: 'client' | 'device'): WireProfile {
  if (properties['roles'] !== undefined || properties['resources'] !== undefined) {
    const resources = properties['resources'];
    const array = isObject(resources) && Array.isArray(resources['cpu']);
    return array || (route === 'device' && !isObject(resources)) ? 'rc.2a' : 'rc.1';
  }
  if (properties['cpu'] !== undefined) return 'rc.2b';
  return 'rc.2c';
}

/**
 * Reads a capability document of any published shape.
 * @param o.route which route it came on; `device` routes carry the id in the path, and it must be the same
 * @param o.strict refuse what is otherwise accepted with a warning (aliases, letter case, odd combinations)
 * @throws ProtocolError `semantic` with every problem
 */
export function parseCapabilities(
  value: unknown,
  o: { route: 'client' | 'device'; deviceId?: string; strict?: boolean },
): ParsedCapabilities {
  const f = new Findings(o.strict ?? false);
  const root = isObject(value) ? value : {};
  if (!isObject(value)) f.problem('', 'must be an object');
  if (root['apiVersion'] !== capabilitiesApiVersion)
    f.problem('apiVersion', `must be ${capabilitiesApiVersion}`);
  if (root['kind'] !== 'DeviceCapabilitiesManifest') f.problem('kind', 'must be DeviceCapabilitiesManifest');
  const given = root['properties'];
  const properties = isObject(given) ? given : {};
  if (!isObject(given)) f.problem('properties', given === undefined ? 'is required' : 'must be an object');
  const profile = profileOf(properties, o.route);
  const rolesShape = profile === 'rc.1' || profile === 'rc.2a';
  if (rolesShape === (o.route === 'device') && profile !== 'rc.2a') {
    f.tolerate('properties', `has the shape of ${profile} on the route of another`);
  }
  const extensions = extensionsOf(root, profile === 'rc.1' && o.route === 'client', f);
  const deviceId = f.text(properties, 'id', 'properties');
  if (deviceId !== '' || properties['id'] === '') {
    try {
      parseDeviceId(deviceId);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      for (const problem of error.problems) f.problem(problem.field, problem.message);
    }
  }
  if (o.deviceId !== undefined && properties['id'] !== undefined && deviceId !== o.deviceId) {
    f.problem('properties.id', `must equal the id in the path, ${o.deviceId}`);
  }
  const identity = {
    deviceId,
    vendor: f.text(properties, 'vendor', 'properties'),
    modelNumber: f.text(properties, 'modelNumber', 'properties'),
    serialNumber: f.text(properties, 'serialNumber', 'properties'),
  };
  const { roles, hosting } = rolesShape
    ? rolesEra(properties, f)
    : { roles: undefined, hosting: flatEra(properties, f) };
  if (f.problems.length > 0) {
    throw new ProtocolError(
      'semantic',
      'The capability document is wrong.',
      f.problems,
      'Correct the named fields.',
    );
  }
  const capabilities: Capabilities = {
    ...identity,
    ...(hosting === undefined ? {} : { hosting }),
    ...(roles === undefined ? {} : { roles }),
    extensions,
  };
  return { capabilities, profile, warnings: f.warnings };
}
