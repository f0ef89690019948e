/** What a WFM was told of the children, kept beside the binding, so that a restart sends differences only. */
import { type Binding, bindingFile, bindingName } from '../binding/binding.ts';
import { DeviceError } from '../errors.ts';
import { readSealed, writeSealed } from '../state/sealed.ts';
import type { InventoryProblem } from './inventory.ts';
import type { KnownDigest } from './plan.ts';

export interface KnownChild extends KnownDigest {
  readonly source: string;
  readonly at: string;
  /** Why the WFM has refused it. */
  readonly seen: string | null;
  /** The last good state, for when its file is damaged and the WFM has lost it. */
  readonly document: unknown;
}

export interface Reported {
  readonly clientId: string;
  readonly children: Readonly<Record<string, KnownChild>>;
  readonly problems: readonly InventoryProblem[];
}

/** How a child stands, as `status` tells it. */
export interface ChildStatus {
  readonly deviceId: string | null;
  /** `kept`: its file is not good, so the WFM has the last good state; `invalid`: and there is none. */
  readonly state: 'reported' | 'refused' | 'kept' | 'invalid';
  readonly source: string;
  readonly at: string | null;
  readonly seen: string | null;
}

const fileOf = (state: string, binding: Binding): string =>
  bindingFile(state, bindingName(binding.wfm), 'children.json');

/** Reads it; another clientId has been told nothing, and of a damaged file nothing is believed. */
export async function loadReported(state: string, binding: Binding): Promise<Reported> {
  const nothing: Reported = { clientId: binding.clientId ?? '', children: {}, problems: [] };
  const kept = await readSealed(fileOf(state, binding), 'children').catch((error: unknown) => {
    if (error instanceof DeviceError && error.code === 'state') return null;
    throw error;
  });
  const reported = kept as Reported | null;
  return reported === null || reported.clientId !== binding.clientId ? nothing : reported;
}

/** Writes it; durable when it resolves. */
export function saveReported(state: string, binding: Binding, reported: Reported): Promise<void> {
  return writeSealed(fileOf(state, binding), 'children', reported);
}

/** Each child and how it stands, by id. */
export function childrenOf({ children, problems }: Reported): ChildStatus[] {
  const troubled = (id: string, source: string): InventoryProblem | undefined =>
    problems.find((p) => p.source === source || p.deviceId === id);
  const all = Object.entries(children).map(([deviceId, child]): ChildStatus => {
    const { source, at } = child;
    const problem = troubled(deviceId, source);
    if (problem !== undefined) return { deviceId, state: 'kept', source, at, seen: problem.seen };
    const state = child.refused === null ? 'reported' : 'refused';
    return { deviceId, state, source, at, seen: child.seen };
  });
  const told = new Set(all.flatMap((c) => (c.state === 'kept' ? [c.source, c.deviceId] : [])));
  const others = problems
    .filter((p) => !told.has(p.source) && (p.deviceId === null || !told.has(p.deviceId)))
    .map(
      ({ deviceId, source, seen }): ChildStatus => ({ deviceId, state: 'invalid', source, at: null, seen }),
    );
  return [...all, ...others].sort((a, b) => ((a.deviceId ?? a.source) < (b.deviceId ?? b.source) ? -1 : 1));
}
