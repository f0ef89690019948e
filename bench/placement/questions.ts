/** What the bench asks, in one place: the measured process, the scan and the peers must ask the same. */
import { type Application, parseApplication } from '@muster/protocol';
import type { PlacementQuestion } from '../../packages/wfm/src/placement/answer.ts';
import { parseSelector } from '../../packages/wfm/src/placement/selector-text.ts';

/** Few devices have such a GPU. */
export const demanding = parseApplication(
  'type: helm\nrequiredResources: {cpu: {cores: 4, architectures: [amd64]}, memory: 8Gi, storage: 64Gi, peripherals: [{type: gpu, manufacturer: NVIDIA}]}',
);
export const anything = parseApplication('requiredResources: {memory: 1Ki}');
export const muchMemory = parseApplication('requiredResources: {cpu: {cores: 2}, memory: 24Gi}');

/** One plant and line, whose devices are found in every way: of a million some 1,700, of which a few are such. */
export const place = { site: 'plant12', line: '3' };
export const placeSelector = `site=${place.site}, line=${place.line}`;

/** A question of placement as operators ask it. */
export function question(application: Application, selector = '', limit = 100): PlacementQuestion {
  return { application, selector: parseSelector(selector), count: 1, limit, missLimit: 10 };
}

/** By question, the devices that can host, best first, each as `clientId deviceId`. */
export type Found = Readonly<Record<'selective' | 'rare', readonly string[]>>;

/** Times are milliseconds. */
export interface Figure {
  readonly name: string;
  readonly median: number;
  readonly p99: number;
  /** What this thread has worked for one: it does not grow while other programs work. */
  readonly cpu: number;
  readonly cpuP99: number;
  /** The longest time without a turn for others, and what this thread has worked in the longest. */
  readonly pause: number;
  readonly cpuPause: number;
}

export interface Measured {
  readonly figures: readonly Figure[];
  readonly found: Found;
  /** Bytes at most while it ran. */
  readonly memory: number;
}
