/** The same question with what is supposed to be different. Pure. */
import {
  type FieldProblem,
  isObject,
  parseCapabilities,
  parseQuantity,
  ProtocolError,
  type Requirement,
} from '@muster/protocol';
import type { Hypothetical, PlacementQuestion } from './answer.ts';

export interface WhatIf {
  readonly cores?: number;
  readonly memory?: string;
  readonly storage?: string;
  readonly devices?: readonly { capabilities: object; labels?: Record<string, string> }[];
}

/** Supposes another requirement, and devices that are not there yet. @throws ProtocolError with every fault */
export function supposed(q: PlacementQuestion, w: WhatIf): PlacementQuestion {
  const problems: FieldProblem[] = [];
  /** Reads one part; its faults are named by where it stands. */
  const reading = <T>(at: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      for (const { field, message } of error.problems)
        problems.push({ field: field === '' ? at : `${at}.${field}`, message });
      return undefined;
    }
  };
  const size = (key: 'memory' | 'storage'): Pick<Requirement, 'memory' | 'storage'> => {
    const text = w[key];
    const quantity = text === undefined ? undefined : reading(`whatIf.${key}`, () => parseQuantity(text));
    return quantity === undefined ? {} : { [key]: quantity };
  };
  const milliCores = w.cores === undefined ? undefined : Math.round(w.cores * 1000);
  if (w.cores !== undefined && !(Math.abs(w.cores * 1000 - (milliCores ?? 0)) <= 1e-6 && milliCores !== 0))
    problems.push({ field: 'whatIf.cores', message: 'must be a number above 0 with at most 3 decimals' });
  const sizes = { ...size('memory'), ...size('storage') };
  const hypothetical = (w.devices ?? []).flatMap(({ capabilities, labels }, i): Hypothetical[] => {
    const read = reading(`whatIf.devices[${i}]`, () => parseCapabilities(capabilities, { route: 'device' }));
    const texts = Object.entries(isObject(labels) ? labels : {}).map(
      ([key, value]) => [key, String(value)] as const,
    );
    return read === undefined ? [] : [{ capabilities: read.capabilities, labels: Object.fromEntries(texts) }];
  });
  if (problems.length > 0)
    throw new ProtocolError(
      'semantic',
      'What is supposed is wrong.',
      problems,
      'Correct what is named; sizes are like 8Gi.',
    );
  const change = (r: Requirement): Requirement => ({
    ...r,
    ...(milliCores === undefined ? {} : { cpu: { ...r.cpu, milliCores } }),
    ...sizes,
  });
  const profiles = q.application.profiles.map((p) => ({ ...p, requirement: change(p.requirement) }));
  return { ...q, application: { ...q.application, profiles }, hypothetical };
}
