/** A requirement as a list of constraints, each of which can judge, and explain itself. Pure. */
import type { MatchExpression, Requirement } from '@muster/protocol';
import {
  coresText,
  kiText,
  type Offer,
  type OfferedHosting,
  offerProperties,
  type Taken,
  toKi,
} from './offer.ts';
import { peripheralText, unmetPeripherals } from './peripherals.ts';
import { expressionText, foundText, holds, scopeOf } from './selector.ts';

/** All that is judged of one device. What many share comes first; see `Scope`. */
export interface Subject {
  readonly offer: Offer;
  readonly taken: Taken;
  readonly labels: Readonly<Record<string, string>>;
  /** What only this device has: id, serialNumber, extensions. */
  readonly own: Readonly<Record<string, unknown>>;
  readonly clientState: string;
}

/** Which part of a subject a constraint looks at, so that it is judged once for all devices that share the part. */
export type Scope = 'offer' | 'labels' | 'device';

/** How far a device is from meeting a constraint. The words are made only where somebody reads them. */
interface Lack {
  readonly text: () => string;
  /** The missing share in thousandths of what is needed; 1000 where there is nothing between yes and no. */
  readonly perMille: number;
}

export interface Constraint {
  readonly name: string;
  readonly scope: Scope;
  readonly needed: string;
  met(subject: Subject): boolean;
  offered(subject: Subject): string;
  lack(subject: Subject): Lack;
}

/** One line of an answer about one device. */
export interface Check {
  readonly constraint: string;
  readonly needed: string;
  readonly offered: string;
  readonly met: boolean;
  readonly lacks?: string;
}

const nothing = 'nothing: it takes no workloads';
const hard = (text: () => string): Lack => ({ text, perMille: 1000 });

function onHosting(
  name: string,
  needed: string,
  met: (h: OfferedHosting, taken: Taken) => boolean,
  offered: (h: OfferedHosting, taken: Taken) => string,
  lack: (h: OfferedHosting, taken: Taken) => Lack,
): Constraint {
  return {
    name,
    scope: 'offer',
    needed,
    met: ({ offer, taken }) => offer.hosting !== null && met(offer.hosting, taken),
    offered: ({ offer, taken }) => (offer.hosting === null ? nothing : offered(offer.hosting, taken)),
    lack: ({ offer, taken }) => (offer.hosting === null ? hard(() => needed) : lack(offer.hosting, taken)),
  };
}

/** Never below zero, even where a device now reports less than is reserved. */
const freeOf = (milliCores: number, taken = 0): number => Math.max(0, milliCores - taken);

/** What is free of each CPU group. */
export function freeCpu(h: OfferedHosting, taken: Taken): readonly number[] {
  return h.cpuGroups.map((group, i) => freeOf(group.milliCores, taken.milliCores[i]));
}

/** What is free of a size. */
export function freeKi(offered: number, taken: number): number {
  return Math.max(0, offered - taken);
}

function cpu(need: NonNullable<Requirement['cpu']>): Constraint {
  const names = need.architectures;
  const needed = `${coresText(need.milliCores)} cores in one CPU${names === undefined ? '' : ` of ${names.join(' or ')}`}`;
  const suits = (architecture: string | undefined): boolean =>
    names === undefined || (architecture !== undefined && names.includes(architecture));
  // Without a list in between: a question judges thousands of offers.
  const best = (h: OfferedHosting, taken: Taken): number => {
    let most = -1;
    for (let i = 0; i < h.cpuGroups.length; i++) {
      const group = h.cpuGroups[i];
      if (suits(group?.architecture))
        most = Math.max(most, freeOf(group?.milliCores ?? 0, taken.milliCores[i]));
    }
    return most;
  };
  return onHosting(
    'cpu',
    needed,
    (h, taken) => best(h, taken) >= need.milliCores,
    (h, taken) =>
      freeCpu(h, taken)
        .map((free, i) => `${coresText(free)} ${h.cpuGroups[i]?.architecture ?? 'unnamed'}`)
        .join(' + '),
    (h, taken) => {
      const free = best(h, taken);
      if (free < 0) return hard(() => `a CPU of ${names?.join(' or ') ?? ''}`);
      const missing = need.milliCores - free;
      return {
        text: () => `${coresText(missing)} cores`,
        perMille: Math.ceil((1000 * missing) / need.milliCores),
      };
    },
  );
}

function size(name: 'memory' | 'storage', need: number): Constraint {
  const key = name === 'memory' ? 'memoryKi' : 'storageKi';
  const free = (h: OfferedHosting, taken: Taken): number => freeKi(h[key], taken[key]);
  return onHosting(
    name,
    kiText(need),
    (h, taken) => free(h, taken) >= need,
    (h, taken) => (taken[key] === 0 ? kiText(h[key]) : `${kiText(free(h, taken))} free of ${kiText(h[key])}`),
    (h, taken) => {
      const missing = need - free(h, taken);
      return { text: () => `${kiText(missing)} of ${name}`, perMille: Math.ceil((1000 * missing) / need) };
    },
  );
}

const listText = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '));

function missingInterfaces(needs: readonly string[], has: readonly string[]): string[] {
  const left = [...has];
  return needs.filter((need) => {
    const at = left.indexOf(need);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** One rule over properties or labels. */
export function expressionConstraint(e: MatchExpression): Constraint {
  const scope = scopeOf(e);
  const properties = new WeakMap<Offer, Record<string, unknown>>();
  const documentOf = (s: Subject): Readonly<Record<string, unknown>> => {
    if (scope === 'labels') return s.labels;
    if (scope === 'device') return s.own;
    let made = properties.get(s.offer);
    if (made === undefined) properties.set(s.offer, (made = offerProperties(s.offer)));
    return made;
  };
  const needed = expressionText(e);
  return {
    name: scope === 'labels' ? 'label' : 'property',
    scope,
    needed,
    met: (s) => holds(e, documentOf(s)),
    offered: (s) => foundText(e, documentOf(s)),
    lack: () => hard(() => needed),
  };
}

const clientActive: Constraint = {
  name: 'client',
  scope: 'device',
  needed: 'active',
  met: (s) => s.clientState === 'active',
  offered: (s) => s.clientState,
  lack: () => hard(() => 'an active client'),
};

/** Compiles a requirement; the order is that of the answers. */
export function constraintsOf(r: Requirement): Constraint[] {
  const made: Constraint[] = [
    clientActive,
    onHosting(
      'hosting',
      'a device that takes workloads',
      () => true,
      () => 'takes workloads',
      () => hard(() => 'hosting'),
    ),
  ];
  const { deploymentType: type, runtime, peripherals, interfaces } = r;
  if (type !== undefined)
    made.push(
      onHosting(
        'deployment type',
        type,
        (h) => h.deploymentTypes.includes(type),
        (h) => listText(h.deploymentTypes),
        () => hard(() => `deployment type ${type}`),
      ),
    );
  if (runtime !== undefined)
    made.push(
      onHosting(
        'runtime',
        runtime,
        (h) => h.runtimes.includes(runtime),
        (h) => listText(h.runtimes),
        () => hard(() => `runtime ${runtime}`),
      ),
    );
  if (r.cpu !== undefined) made.push(cpu(r.cpu));
  if (r.memory !== undefined) made.push(size('memory', toKi(r.memory.bytes)));
  if (r.storage !== undefined) made.push(size('storage', toKi(r.storage.bytes)));
  if (peripherals.length > 0) {
    // What is reserved comes first, so that it keeps what it has.
    const unmet = (h: OfferedHosting, taken: Taken): string[] =>
      unmetPeripherals([...taken.peripherals, ...peripherals], h.peripherals).map(peripheralText);
    made.push(
      onHosting(
        'peripherals',
        listText(peripherals.map(peripheralText)),
        (h, taken) => unmet(h, taken).length === 0,
        (h) => listText(h.peripherals.map(peripheralText)),
        (h, taken) => hard(() => listText(unmet(h, taken))),
      ),
    );
  }
  if (interfaces.length > 0)
    made.push(
      onHosting(
        'interfaces',
        listText(interfaces),
        (h) => missingInterfaces(interfaces, h.interfaces).length === 0,
        (h) => listText(h.interfaces),
        (h) => hard(() => listText(missingInterfaces(interfaces, h.interfaces))),
      ),
    );
  made.push(...r.eligibility.map(expressionConstraint));
  return made;
}

/** Constraint by constraint, needed against offered. */
export function explain(constraints: readonly Constraint[], subject: Subject): Check[] {
  return constraints.map((c) => {
    const met = c.met(subject);
    return {
      constraint: c.name,
      needed: c.needed,
      offered: c.offered(subject),
      met,
      ...(met ? {} : { lacks: c.lack(subject).text() }),
    };
  });
}
