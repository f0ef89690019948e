/** What this machine offers, as far as it says so, changed by what its owner says. */
import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { readBoundedFile } from '@muster/pki';
import {
  type Capabilities,
  formatQuantity,
  type InterfaceType,
  isObject,
  parseCapabilities,
  parseQuantity,
  ProtocolError,
} from '@muster/protocol';
import { DeviceError } from '../errors.ts';
import { type Hardware, hardwareOf, isWired } from './hardware.ts';

type Json = Record<string, unknown>;

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'arm' };

function named(value: string, fallback: string): string {
  const text = value.trim();
  return text === '' || text === '-' || /^(?:not specified|to be filled|default string|unknown)/i.test(text)
    ? fallback
    : text;
}

function networkKind(network: Hardware['networks'][number]): InterfaceType | undefined {
  const { name, type } = network;
  if (type === 'wireless' || name.startsWith('wl')) return 'wifi';
  if (name.startsWith('ww')) return 'cellular';
  if (/^v?can\d/.test(name)) return 'canbus';
  return isWired(network) ? 'ethernet' : undefined;
}

/** The machine's own facts in the shape of rc.2-C. */
async function discovered(deviceId: string): Promise<Json> {
  const [hardware, disk] = await Promise.all([hardwareOf(), statfs('/')]);
  const kinds = new Set(hardware.networks.flatMap((network) => networkKind(network) ?? []));
  const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1_048_576)}Mi`;
  return {
    id: deviceId,
    vendor: named(hardware.vendor, 'unknown'),
    modelNumber: named(hardware.model, 'unknown'),
    serialNumber: named(hardware.serial, deviceId),
    cpus: [
      {
        cores: hardware.cores,
        ...(architectures[process.arch] === undefined ? {} : { architecture: architectures[process.arch] }),
      },
    ],
    memory: mebibytes(totalmem()),
    storage: mebibytes(disk.blocks * disk.bsize),
    peripherals: hardware.graphics
      .filter((g) => /nvidia|amd|radeon|intel/i.test(`${g.vendor} ${g.model}`))
      .map((g) => ({ type: 'gpu', manufacturer: g.vendor, model: g.model })),
    interfaces: [...kinds].map((type) => ({ type })),
    otelCollector: true,
    supportedRuntimes: ['oci'],
    supportedDeploymentTypes: ['compose'],
  };
}

const hostingFields = [
  'cpus',
  'memory',
  'storage',
  'peripherals',
  'interfaces',
  'otelCollector',
  'supportedRuntimes',
  'supportedDeploymentTypes',
];

/** The fields of a device that can be given plainly. */
export const overridable = ['vendor', 'modelNumber', 'serialNumber', ...hostingFields];

function wrong(file: string, problems: string[]): DeviceError {
  return new DeviceError('usage', `The capabilities file ${file} cannot be used.`, {
    seen: problems.join('; '),
    expected: `${overridable.join(', ')}, limits, relayOnly, x-<name>-extensions`,
    nextStep: 'Correct the named fields.',
  });
}

/** Lowers what was found to the share that is set aside for Margo; it never raises anything. */
function applyLimits(properties: Json, limits: Json, file: string): void {
  const unknown = Object.keys(limits).filter((key) => !['cores', 'memory', 'storage'].includes(key));
  if (unknown.length > 0)
    throw wrong(
      file,
      unknown.map((key) => `limits.${key} is not known`),
    );
  const cores = limits['cores'];
  if (typeof cores === 'number' && Array.isArray(properties['cpus'])) {
    let left = cores;
    properties['cpus'] = properties['cpus'].flatMap((cpu: Json) => {
      const take = Math.min(left, Number(cpu['cores']));
      left -= take;
      return take > 0 ? [{ ...cpu, cores: take }] : [];
    });
  }
  for (const key of ['memory', 'storage'] as const) {
    const limit = limits[key];
    if (limit === undefined) continue;
    try {
      const cap = parseQuantity(String(limit)).bytes;
      const found = parseQuantity(String(properties[key])).bytes;
      properties[key] = formatQuantity(cap < found ? cap : found, 'Gi');
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw wrong(file, [`limits.${key}: ${error.message}`]);
    }
  }
}

/** As for a child of a gateway. */
const maximumFile = 262_144;

async function readOverrides(file: string): Promise<Json> {
  const { parse } = await import('yaml');
  let given: unknown;
  try {
    given = parse((await readBoundedFile(file, maximumFile)).toString('utf8'));
  } catch (error) {
    throw wrong(file, [error instanceof Error ? error.message : 'it cannot be read']);
  }
  if (!isObject(given)) throw wrong(file, ['it is no mapping']);
  return given;
}

/**
 * Finds this machine's capabilities and applies what its owner says: fields replaced, `limits` for caps, extensions.
 * @param o.overrides the owner's words and where they stand, in the place of a file
 * @throws DeviceError `usage` naming every wrong field
 */
export async function discoverCapabilities(o: {
  deviceId: string;
  capabilitiesFile?: string | undefined;
  overrides?: { readonly from: string; readonly given: Json } | undefined;
}): Promise<Capabilities> {
  const properties = await discovered(o.deviceId);
  const root: Json = {
    apiVersion: 'device.margo.org/v1alpha1',
    kind: 'DeviceCapabilitiesManifest',
    properties,
  };
  const file = o.overrides?.from ?? o.capabilitiesFile;
  if (file !== undefined) {
    const { relayOnly, ...given } = o.overrides?.given ?? (await readOverrides(file));
    for (const [key, value] of Object.entries(given)) {
      if (key.startsWith('x-')) root[key] = value;
      else if (overridable.includes(key)) properties[key] = value;
      else if (key !== 'limits') throw wrong(file, [`${key} is not known`]);
    }
    if (isObject(given['limits'])) applyLimits(properties, given['limits'], file);
    // A gateway that only relays leaves the hosting fields out.
    if (relayOnly === true) for (const key of hostingFields) delete properties[key];
    else if (relayOnly !== undefined && relayOnly !== false)
      throw wrong(file, ['relayOnly is true or false']);
  }
  try {
    return parseCapabilities(root, { route: 'device', deviceId: o.deviceId, strict: true }).capabilities;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw wrong(
      file ?? 'of this machine',
      error.problems.map((p) => `${p.field} ${p.message}`),
    );
  }
}
