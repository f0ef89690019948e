/** CPUs, peripherals and interfaces: alike in all published shapes. */
import { isObject } from '../json.ts';
import type { Findings, Json } from './findings.ts';
import {
  type Architecture,
  type CpuGroup,
  type Hosting,
  type InterfaceType,
  interfaceTypes,
  type PeripheralType,
  peripheralTypes,
} from './model.ts';

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

function cpuGroup(value: unknown, path: string, f: Findings): CpuGroup {
  if (!isObject(value)) {
    f.unlike(path, 'must be an object', value);
    return { milliCores: 0 };
  }
  const cores = value['cores'];
  let milliCores = 0;
  if (typeof cores !== 'number' || !(cores > 0) || cores > 1_000_000) {
    f.unlike(`${path}.cores`, 'must be a number above 0 and at most 1000000', cores);
  } else {
    milliCores = Math.round(cores * 1000);
    if (milliCores === 0 || Math.abs(milliCores - cores * 1000) > 1e-6)
      f.unlike(`${path}.cores`, 'must have at most 3 decimals', cores);
  }
  const given = value['architecture'];
  if (given === undefined) return { milliCores };
  const architecture = typeof given === 'string' ? architectures.get(given.toLowerCase()) : undefined;
  if (architecture === undefined) {
    f.unlike(`${path}.architecture`, 'must be one of amd64, arm64, arm', given);
    return { milliCores };
  }
  if (architecture !== given) f.tolerate(`${path}.architecture`, `is written ${architecture}`);
  return { milliCores, architecture };
}

/** One CPU (rc.1) or a list of them. */
export function cpuGroups(value: unknown, path: string, f: Findings): CpuGroup[] {
  if (isObject(value)) return [cpuGroup(value, path, f)];
  if (!Array.isArray(value)) {
    f.unlike(path, 'must be an array of CPUs', value);
    return [];
  }
  if (value.length === 0 || value.length > 256)
    f.unlike(path, 'must have 1 to 256 entries on a device that hosts workloads', value);
  return value.slice(0, 256).map((item, i) => cpuGroup(item, `${path}[${i}]`, f));
}

/** The lists of peripherals and interfaces. */
export function items(object: Json, path: string, f: Findings): Pick<Hosting, 'peripherals' | 'interfaces'> {
  const peripherals = f.list(object, 'peripherals', path).flatMap((item, i) => {
    const at = `${path}.peripherals[${i}]`;
    if (!isObject(item)) {
      f.unlike(at, 'must be an object', item);
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
      f.unlike(at, 'must be an object', item);
      return [];
    }
    const type = f.choice<InterfaceType>(item['type'], interfaceTypes, `${at}.type`);
    return type === undefined ? [] : [{ type }];
  });
  return { peripherals, interfaces };
}
