/** The same question with what is supposed to be different. Pure. */
import { isObject, parseCapabilities, parseQuantity, type Requirement } from '@muster/protocol';
import type { Hypothetical, PlacementQuestion } from './answer.ts';

export interface WhatIf {
  readonly cores?: number;
  readonly memory?: string;
  readonly storage?: string;
  readonly devices?: readonly { capabilities: object; labels?: Record<string, string> }[];
}

/** Supposes another requirement, and devices that are not there yet. @throws ProtocolError with every fault */
export function supposed(q: PlacementQuestion, w: WhatIf): PlacementQuestion {
  const change = (r: Requirement): Requirement => ({
    ...r,
    ...(w.cores === undefined ? {} : { cpu: { ...r.cpu, milliCores: Math.round(w.cores * 1000) } }),
    ...(w.memory === undefined ? {} : { memory: parseQuantity(w.memory) }),
    ...(w.storage === undefined ? {} : { storage: parseQuantity(w.storage) }),
  });
  const hypothetical = (w.devices ?? []).map(({ capabilities, labels }): Hypothetical => {
    const { capabilities: model } = parseCapabilities(capabilities, { route: 'device' });
    const texts = Object.entries(isObject(labels) ? labels : {}).map(
      ([key, value]) => [key, String(value)] as const,
    );
    return { capabilities: model, labels: Object.fromEntries(texts) };
  });
  const profiles = q.application.profiles.map((p) => ({ ...p, requirement: change(p.requirement) }));
  return { ...q, application: { ...q.application, profiles }, hypothetical };
}
