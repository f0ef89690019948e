/**
 * The slow, obviously right matcher: one device after the other, nothing shared, nothing remembered, and nothing imported
 * from the engine. What it says is what placement must say.
 */
import type { Application, Capabilities, MatchExpression, Requirement } from '@muster/protocol';

export interface ReferenceDevice {
  readonly clientId: string;
  readonly capabilities: Capabilities;
  readonly labels: Readonly<Record<string, string>>;
  readonly clientState: string;
  readonly reserved: readonly { requirement: Requirement; cpuGroup: number | null }[];
}

type Need = Requirement['peripherals'][number];
const lower = (s: string | undefined): string | undefined => s?.toLowerCase();
const suits = (need: Need, has: Need): boolean =>
  need.type === has.type &&
  (need.manufacturer === undefined || lower(need.manufacturer) === lower(has.manufacturer)) &&
  (need.model === undefined || lower(need.model) === lower(has.model));

/** Tries every way to give each need a peripheral of its own. */
function assignable(needs: readonly Need[], offered: readonly Need[]): boolean {
  const [first, ...rest] = needs;
  if (first === undefined) return true;
  return offered.some((has, i) => suits(first, has) && assignable(rest, offered.toSpliced(i, 1)));
}

const big = (a: bigint): bigint => (a > 0n ? a : 0n);

function expressionHolds(e: MatchExpression, d: ReferenceDevice): boolean {
  const c = d.capabilities;
  const properties: Record<string, string | string[] | undefined> = {
    '/id': c.deviceId,
    '/vendor': c.vendor,
    '/serialNumber': c.serialNumber,
    '/memory': c.hosting?.memory.text,
    '/peripherals': c.hosting?.peripherals.map((p) => p.type),
    '/supportedDeploymentTypes': c.hosting && [...c.hosting.deploymentTypes],
  };
  const value = e.on === 'label' ? d.labels[e.key] : properties[e.key];
  const gi = (text: string): number =>
    text.endsWith('Gi')
      ? Number.parseInt(text, 10) * 1024
      : text.endsWith('Mi')
        ? Number.parseInt(text, 10)
        : Number(text);
  const list = Array.isArray(value) ? value : [];
  switch (e.operator) {
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'In':
      return typeof value === 'string' && e.values.includes(value);
    case 'NotIn':
      return !(typeof value === 'string' && e.values.includes(value));
    case 'Gt':
      return typeof value === 'string' && gi(value) > gi(e.values[0] ?? '');
    case 'Lt':
      return typeof value === 'string' && gi(value) < gi(e.values[0] ?? '');
    case 'ContainsAll':
      return value !== undefined && e.values.every((v) => list.includes(v));
    case 'ContainsAny':
      return e.values.some((v) => list.includes(v));
  }
}

/** What one profile lacks on one device. */
interface ReferenceMatch {
  /** The names of what is lacking, in the order of answers. */
  readonly unmet: string[];
  /** The missing share of each, in thousandths of what is needed, rounded up; all of it where nothing is between yes and no. */
  readonly shares: number[];
  readonly waste: number;
  readonly copies: number;
}

export function referenceMatch(r: Requirement, d: ReferenceDevice): ReferenceMatch {
  const h = d.capabilities.hosting;
  const reserved = (of: (q: Requirement) => bigint | undefined): bigint =>
    d.reserved.reduce((total, one) => total + (of(one.requirement) ?? 0n), 0n);
  const cpus = (h?.cpuGroups ?? []).map((g, i) => ({
    ...g,
    free: Math.max(
      0,
      g.milliCores -
        d.reserved.reduce(
          (n, one) => n + (one.cpuGroup === i ? (one.requirement.cpu?.milliCores ?? 0) : 0),
          0,
        ),
    ),
  }));
  const memory = big((h?.memory.bytes ?? 0n) - reserved((q) => q.memory?.bytes));
  const storage = big((h?.storage.bytes ?? 0n) - reserved((q) => q.storage?.bytes));
  const cores = r.cpu?.milliCores ?? 0;
  const named = cpus.filter(
    (g) =>
      r.cpu?.architectures === undefined ||
      (g.architecture !== undefined && r.cpu.architectures.includes(g.architecture)),
  );
  const held = d.reserved.flatMap((one) => one.requirement.peripherals);
  const taken = (n: number): Need[] => [...held, ...Array.from({ length: n }, () => r.peripherals).flat()];
  const count = (list: readonly string[], one: string): number => list.filter((x) => x === one).length;
  const interfaces = h?.interfaces.map((i) => i.type) ?? [];
  const missing = (free: bigint, need: bigint): number =>
    h === undefined || free < 0n ? 1000 : Number((1000n * (need - free) + need - 1n) / need);
  const most = BigInt(Math.max(-1, ...named.map((g) => g.free)));
  const lacks: [name: string, isLacking: boolean, share?: number][] = [
    ['client', d.clientState !== 'active'],
    ['hosting', h === undefined],
    ['deployment type', r.deploymentType !== undefined && !h?.deploymentTypes.includes(r.deploymentType)],
    ['runtime', r.runtime !== undefined && !h?.runtimes.includes(r.runtime)],
    [
      'cpu',
      r.cpu !== undefined && !named.some((g) => g.free >= cores),
      missing(most, BigInt(Math.max(1, cores))),
    ],
    [
      'memory',
      r.memory !== undefined && (h === undefined || memory < r.memory.bytes),
      missing(memory, r.memory?.bytes ?? 1n),
    ],
    [
      'storage',
      r.storage !== undefined && (h === undefined || storage < r.storage.bytes),
      missing(storage, r.storage?.bytes ?? 1n),
    ],
    ['peripherals', r.peripherals.length > 0 && (h === undefined || !assignable(taken(1), h.peripherals))],
    [
      'interfaces',
      r.interfaces.length > 0 &&
        (h === undefined || r.interfaces.some((i) => count(interfaces, i) < count(r.interfaces, i))),
    ],
    ...r.eligibility.map((e): [string, boolean] => [
      e.on === 'label' ? 'label' : 'property',
      !expressionHolds(e, d),
    ]),
  ];
  const lacking = lacks.filter(([, isLacking]) => isLacking);
  const unmet = lacking.map(([name]) => name);
  const shares = lacking.map(([, , share = 1000]) => share);
  if (unmet.length > 0) return { unmet, shares, waste: 0, copies: 0 };
  const smallest = named.filter((g) => g.free >= cores).sort((a, b) => a.free - b.free)[0]?.free ?? 0;
  const share = (free: bigint, need: bigint): number =>
    free === 0n ? 0 : Number((1000n * (free - need)) / free);
  const waste =
    share(BigInt(smallest), BigInt(cores)) +
    share(memory, r.memory?.bytes ?? 0n) +
    share(storage, r.storage?.bytes ?? 0n);
  const fits = (n: number): boolean =>
    (cores === 0 || named.reduce((m, g) => m + Math.floor(g.free / cores), 0) >= n) &&
    BigInt(n) * (r.memory?.bytes ?? 0n) <= memory &&
    BigInt(n) * (r.storage?.bytes ?? 0n) <= storage &&
    (r.peripherals.length === 0 || assignable(taken(n), h?.peripherals ?? []));
  let copies = 1;
  while (copies < 1000 && fits(copies + 1)) copies++;
  return { unmet, shares, waste, copies };
}

/** Whether a device is meant by a target, a client and a text, all at once. */
export function referenceMeant(
  d: ReferenceDevice,
  o: { target?: string | undefined; clientId?: string | undefined; text?: string | undefined },
): boolean {
  const { deviceId, vendor, modelNumber, serialNumber } = d.capabilities;
  const isTarget =
    o.target === undefined ||
    deviceId === o.target ||
    (o.target.endsWith('/*') && deviceId.startsWith(o.target.slice(0, -1)));
  const texts = [vendor, modelNumber, `${vendor} ${modelNumber}`, serialNumber, deviceId, d.clientId];
  for (const [key, value] of Object.entries(d.labels)) texts.push(key, value, `${key}=${value}`);
  const wanted = (o.text ?? '').toLowerCase();
  return (
    isTarget &&
    (o.clientId === undefined || o.clientId === d.clientId) &&
    texts.some((text) => text.toLowerCase().includes(wanted))
  );
}

/** Takes the best of each place, then the best of each place among the rest, and so on. */
export function referenceSpread<T>(ranked: readonly T[], placeOf: (one: T) => string): T[] {
  const taken: T[] = [];
  for (let rest = [...ranked]; rest.length > 0; rest = rest.filter((one) => !taken.includes(one))) {
    const places = new Set<string>();
    for (const one of rest) {
      if (!places.has(placeOf(one))) taken.push(one);
      places.add(placeOf(one));
    }
  }
  return taken;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The whole answer: the fitting devices, and those that do not fit with what their profiles lack; both in their order. */
export function referencePlacement(
  application: Application,
  devices: readonly ReferenceDevice[],
  digestOf: (d: ReferenceDevice) => string,
): {
  fitting: { id: string; profile: number; waste: number; copies: number }[];
  /** `nearest` is the profile that lacks the least. */
  notFitting: { id: string; unmet: string[][]; nearest: ReferenceMatch }[];
} {
  const all = devices.map((d) => {
    const matches = application.profiles.map((p) => referenceMatch(p.requirement, d));
    const profile = matches.findIndex((m) => m.unmet.length === 0);
    // Fewest things lacking, then the smallest missing share, then the earlier profile: sorting keeps equal ones as they are.
    const [nearest] = matches.toSorted(
      (a, b) => a.unmet.length - b.unmet.length || sum(a.shares) - sum(b.shares),
    );
    if (nearest === undefined) throw new Error('an application has a profile');
    return {
      id: `${d.clientId} ${d.capabilities.deviceId}`,
      profile,
      fit: matches[profile] ?? nearest,
      nearest,
      unmet: matches.map((m) => m.unmet),
      key: [digestOf(d), d.clientId, d.capabilities.deviceId],
    };
  });
  type One = (typeof all)[number];
  const byKey = (a: One, b: One): number =>
    a.key.map((k, i) => order(k, b.key[i] ?? '')).find((n) => n !== 0) ?? 0;
  return {
    fitting: all
      .filter((one) => one.profile >= 0)
      .sort((a, b) => a.fit.waste - b.fit.waste || a.profile - b.profile || byKey(a, b))
      .map(({ id, profile, fit: { waste, copies } }) => ({ id, profile, waste, copies })),
    notFitting: all
      .filter((one) => one.profile < 0)
      .sort(
        (a, b) =>
          a.nearest.unmet.length - b.nearest.unmet.length ||
          sum(a.nearest.shares) - sum(b.nearest.shares) ||
          byKey(a, b),
      )
      .map(({ id, unmet, nearest }) => ({ id, unmet, nearest })),
  };
}
