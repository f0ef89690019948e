/** A binding: one WFM this device belongs to, with the trust and the clientId that go with it. */
import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileTooLargeError, readBoundedFile, writeFileAtomic } from '@muster/pki';
import { isClientId, type RebindOrder, type Rung, type WireProfile } from '@muster/protocol';
import { DeviceError } from '../errors.ts';
import type { Anchors } from '../http/anchors.ts';
import { damaged, readSealed, writeSealed } from '../state/sealed.ts';

export interface Binding {
  readonly version: 1;
  readonly wfm: string;
  readonly anchors: Anchors;
  readonly caPin: string | null;
  readonly how: string;
  readonly nonce: boolean;
  readonly clientId: string | null;
  readonly deviceId: string;
  /** The certificate encoding that this WFM takes. */
  readonly certificateForm: 'base64-pem' | 'base64-der';
  /** The profile that was asked for, and what this WFM was found to speak. */
  readonly profile: 'auto' | WireProfile;
  readonly learned: Rung | null;
  readonly offsetSeconds: number;
  readonly reportedAt: string | null;
  /** What the WFM handed out to be brought back with later requests; null for one that does not. */
  readonly continuity: string | null;
  /** The WFM has retired this client, and knows that it knows. */
  readonly retirementAcknowledged: boolean;
  /** Where the WFM has sent this device. */
  readonly order: RebindOrder | null;
}

/** A short, stable folder name for a WFM. */
export function bindingName(wfm: string): string {
  return createHash('sha256').update(wfm).digest('hex').slice(0, 16);
}

function folder(state: string, name: string): string {
  return join(state, 'bindings', name);
}

/** Where a binding keeps what it knows. */
export function bindingFile(state: string, name: string, file: string): string {
  return join(folder(state, name), file);
}

/** Writes a binding; durable when it resolves. */
export function saveBinding(state: string, binding: Binding): Promise<void> {
  return writeSealed(bindingFile(state, bindingName(binding.wfm), 'binding.json'), 'binding', binding);
}

/** @throws DeviceError `state` when the file is damaged */
export async function loadBinding(state: string, name: string): Promise<Binding | null> {
  const path = bindingFile(state, name, 'binding.json');
  type Later = 'continuity' | 'retirementAcknowledged' | 'order';
  const kept = (await readSealed(path, 'binding')) as
    | (Omit<Binding, Later> & Partial<Pick<Binding, Later>>)
    | null;
  if (kept === null) return null;
  const binding: Binding = {
    ...kept,
    continuity: kept.continuity ?? null,
    retirementAcknowledged: kept.retirementAcknowledged ?? false,
    order: kept.order ?? null,
  };
  if (binding.version !== 1) throw damaged(path, `it has version ${String(binding.version)}`);
  if (binding.clientId !== null && !isClientId(binding.clientId)) throw damaged(path, 'its clientId is none');
  return binding;
}

/**
 * The binding in force, or null.
 * @throws DeviceError `state` when it is damaged, or what names it leads nowhere
 */
export async function currentBinding(state: string): Promise<Binding | null> {
  const path = join(state, 'current');
  const text = await readBoundedFile(path, 1_000).then(String, (error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    if (error instanceof FileTooLargeError) throw damaged(path, error.message);
    throw error;
  });
  if (text === null) return null;
  const name = text.trim();
  const binding = /^[0-9a-f]{16}$/.test(name) ? await loadBinding(state, name) : null;
  if (binding === null) throw damaged(path, 'it names no binding');
  return binding;
}

/** The bindings to WFMs that have not given a clientId yet; damaged ones are passed over. */
export async function pendingBindings(state: string): Promise<Binding[]> {
  const names = await readdir(join(state, 'bindings')).catch(() => []);
  const found = await Promise.all(names.sort().map((name) => loadBinding(state, name).catch(() => null)));
  return found.filter((binding): binding is Binding => binding !== null && binding.clientId === null);
}

/**
 * The binding in force; where there is none, the one whose WFM was asked last and has not decided yet; or null.
 * @throws DeviceError `state` as {@link currentBinding}
 */
export async function presentBinding(state: string): Promise<Binding | null> {
  const current = await currentBinding(state);
  if (current !== null) return current;
  const pending = await Promise.all(
    (await pendingBindings(state)).map(async (binding) => ({
      binding,
      at: (await stat(bindingFile(state, bindingName(binding.wfm), 'binding.json'))).mtimeMs,
    })),
  );
  return pending.sort((a, b) => b.at - a.at)[0]?.binding ?? null;
}

/** Puts a binding in force. */
export function makeCurrent(state: string, binding: Pick<Binding, 'wfm'>): Promise<void> {
  return writeFileAtomic(join(state, 'current'), `${bindingName(binding.wfm)}\n`, 0o600);
}

/** Forgets a binding: first that it is in force, then the rest. */
export async function forgetBinding(state: string, binding: Binding): Promise<void> {
  await rm(join(state, 'current'), { force: true });
  await dropBinding(state, bindingName(binding.wfm));
}

/** Forgets a binding that is not in force. */
export async function dropBinding(state: string, name: string): Promise<void> {
  await rm(folder(state, name), { recursive: true, force: true });
}

/** @throws DeviceError `not-joined` */
export async function requireBinding(state: string): Promise<Binding & { clientId: string }> {
  const binding = await currentBinding(state);
  if (binding === null || binding.clientId === null) {
    throw new DeviceError('not-joined', 'This device has not joined a WFM.', {
      seen: binding === null ? 'no binding' : 'onboarding not complete',
      expected: 'a clientId',
      nextStep: 'muster device join JOIN-STRING',
    });
  }
  return { ...binding, clientId: binding.clientId };
}
