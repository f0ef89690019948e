/** A requirement as a list of constraints, each of which can judge, and explain itself. Pure. */
import type { MatchExpression, Requirement } from '@muster/protocol';
import {
  coresInWords,
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

/** A question judges thousands of offers: numbers first, and words only where somebody reads them. */
export interface Constraint {
  readonly name: string;
  readonly scope: Scope;
  readonly needed: string;
  /**
   * How far a subject is from meeting it: the missing share in thousandths of what is needed, 0 where it is met, and 1000
   * where there is nothing between yes and no.
   */
  missing(subject: Subject): number;
  offered(subject: Subject): string;
  /** What is missing, where something is. */
  lacks(subject: Subject): string;
}

/** Whether a subject meets it. */
export const isMet = (c: Constraint, subject: Subject): boolean => c.missing(subject) === 0;

/** One line of an answer about one device. */
export interface Check {
  readonly constraint: string;
  readonly needed: string;
  readonly offered: string;
  readonly met: boolean;
  readonly lacks?: string;
}

const nothing = 'nothing: it takes no workloads';
/** The whole of what is needed. */
const whole = 1000;
const wholeUnless = (met: boolean): number => (met ? 0 : whole);
/** Rounded up: what is not met is never 0. */
const share = (missing: number, need: number): number =>
  missing <= 0 ? 0 : Math.ceil((whole * missing) / need);

function onHosting(
  name: string,
  needed: string,
  missing: (h: OfferedHosting, taken: Taken) => number,
  offered: (h: OfferedHosting, taken: Taken) => string,
  lacks: (h: OfferedHosting, taken: Taken) => string,
): Constraint {
  return {
    name,
    scope: 'offer',
    needed,
    missing: ({ offer, taken }) => (offer.hosting === null ? whole : missing(offer.hosting, taken)),
    offered: ({ offer, taken }) => (offer.hosting === null ? nothing : offered(offer.hosting, taken)),
    lacks: ({ offer, taken }) => (offer.hosting === null ? needed : lacks(offer.hosting, taken)),
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

/** Whether a CPU is of a kind that is needed. */
export function suitsCpu(need: Requirement['cpu'], architecture: string | undefined): boolean {
  const names = need?.architectures;
  return names === undefined || (architecture !== undefined && names.includes(architecture));
}

function cpu(need: NonNullable<Requirement['cpu']>): Constraint {
  const names = need.architectures;
  const needed = `${coresInWords(need.milliCores)} in one CPU${names === undefined ? '' : ` of ${names.join(' or ')}`}`;
  // Without a list in between: a question judges thousands of offers.
  const best = (h: OfferedHosting, taken: Taken): number => {
    let most = -1;
    for (let i = 0; i < h.cpuGroups.length; i++) {
      const group = h.cpuGroups[i];
      if (suitsCpu(need, group?.architecture))
        most = Math.max(most, freeOf(group?.milliCores ?? 0, taken.milliCores[i]));
    }
    return most;
  };
  return onHosting(
    'cpu',
    needed,
    (h, taken) => {
      const free = best(h, taken);
      return free < 0 ? whole : share(need.milliCores - free, need.milliCores);
    },
    (h, taken) =>
      h.cpuGroups
        .map(({ milliCores, architecture = 'unnamed' }, i) => {
          const reserved = taken.milliCores[i] ?? 0;
          const free = coresText(freeOf(milliCores, reserved));
          return `${reserved === 0 ? free : `${free} free of ${coresText(milliCores)}`} ${architecture}`;
        })
        .join(' + '),
    (h, taken) => {
      const free = best(h, taken);
      return free < 0 ? `a CPU of ${names?.join(' or ') ?? ''}` : coresInWords(need.milliCores - free);
    },
  );
}

function size(name: 'memory' | 'storage', need: number): Constraint {
  const key = name === 'memory' ? 'memoryKi' : 'storageKi';
  const free = (h: OfferedHosting, taken: Taken): number => freeKi(h[key], taken[key]);
  return onHosting(
    name,
    kiText(need),
    (h, taken) => share(need - free(h, taken), need),
    (h, taken) => (taken[key] === 0 ? kiText(h[key]) : `${kiText(free(h, taken))} free of ${kiText(h[key])}`),
    (h, taken) => `${kiText(need - free(h, taken))} of ${name}`,
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
    missing: (s) => wholeUnless(holds(e, documentOf(s))),
    offered: (s) => foundText(e, documentOf(s)),
    lacks: () => needed,
  };
}

const clientActive: Constraint = {
  name: 'client',
  scope: 'device',
  needed: 'active',
  missing: (s) => wholeUnless(s.clientState === 'active'),
  offered: (s) => s.clientState,
  lacks: () => 'an active client',
};

/** Compiles a requirement; the order is that of the answers. */
export function constraintsOf(r: Requirement): Constraint[] {
  const made: Constraint[] = [
    clientActive,
    onHosting(
      'hosting',
      'a device that takes workloads',
      () => 0,
      () => 'takes workloads',
      () => 'hosting',
    ),
  ];
  const { deploymentType: type, runtime, peripherals, interfaces } = r;
  if (type !== undefined)
    made.push(
      onHosting(
        'deployment type',
        type,
        (h) => wholeUnless(h.deploymentTypes.includes(type)),
        (h) => listText(h.deploymentTypes),
        () => `deployment type ${type}`,
      ),
    );
  if (runtime !== undefined)
    made.push(
      onHosting(
        'runtime',
        runtime,
        (h) => wholeUnless(h.runtimes.includes(runtime)),
        (h) => listText(h.runtimes),
        () => `runtime ${runtime}`,
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
        (h, taken) => wholeUnless(unmet(h, taken).length === 0),
        (h, taken) => {
          const reserved = taken.peripherals.map(peripheralText);
          const all = listText(h.peripherals.map(peripheralText));
          return reserved.length === 0 ? all : `${all}; reserved of these: ${reserved.join(', ')}`;
        },
        (h, taken) => listText(unmet(h, taken)),
      ),
    );
  }
  if (interfaces.length > 0)
    made.push(
      onHosting(
        'interfaces',
        listText(interfaces),
        (h) => wholeUnless(missingInterfaces(interfaces, h.interfaces).length === 0),
        (h) => listText(h.interfaces),
        (h) => listText(missingInterfaces(interfaces, h.interfaces)),
      ),
    );
  made.push(...r.eligibility.map(expressionConstraint));
  return made;
}

/** Constraint by constraint, needed against offered. */
export function explain(constraints: readonly Constraint[], subject: Subject): Check[] {
  return constraints.map((c) => {
    const met = isMet(c, subject);
    return {
      constraint: c.name,
      needed: c.needed,
      offered: c.offered(subject),
      met,
      ...(met ? {} : { lacks: c.lacks(subject) }),
    };
  });
}
