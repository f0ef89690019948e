/**
 * What is still to be said to a WFM that this device has moved away from. It is on disk before the switch, so that a cut between the
 * switch and the word does not leave that WFM waiting for ever.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DeviceError } from '../errors.ts';
import { readSealed, writeSealed } from '../state/sealed.ts';
import { type Binding, bindingFile, bindingName, currentBinding, loadBinding } from './binding.ts';

export interface Farewell {
  readonly version: 1;
  /** Which order to move this fulfils; null for a move of the device's own. */
  readonly orderId: string | null;
  /** Forget the binding once this is said, or given up. */
  readonly forget: boolean;
  /** How often it was begun; kept, so that a device that is cut each time gives up as well. */
  readonly tries: number;
}

/** A farewell and whom it is for. */
export interface OpenFarewell {
  readonly binding: Binding & { readonly clientId: string };
  readonly farewell: Farewell;
}

const fileName = 'farewell.json';

/** Writes it; durable when it resolves. */
export function saveFarewell(state: string, wfm: string, farewell: Farewell): Promise<void> {
  return writeSealed(bindingFile(state, bindingName(wfm), fileName), 'farewell', farewell);
}

/** There is nothing to say any more. */
export async function dropFarewell(state: string, wfm: string): Promise<void> {
  await rm(bindingFile(state, bindingName(wfm), fileName), { force: true });
}

async function openAt(state: string, name: string): Promise<OpenFarewell | null> {
  const path = bindingFile(state, name, fileName);
  try {
    const farewell = (await readSealed(path, 'farewell')) as Farewell | null;
    if (farewell === null) return null;
    const binding = await loadBinding(state, name);
    if (farewell.version === 1 && binding !== null && binding.clientId !== null)
      return { farewell, binding: { ...binding, clientId: binding.clientId } };
  } catch (error) {
    if (!(error instanceof DeviceError && error.code === 'state')) throw error;
  }
  // Of a damaged one nothing is believed, and without its binding there is nobody to say it to.
  await rm(path, { force: true });
  return null;
}

/** What is still to be said, and to whom. The WFM in force is none of them: a device that came back has not left. */
export async function openFarewells(state: string): Promise<OpenFarewell[]> {
  const current = await currentBinding(state);
  const names = await readdir(join(state, 'bindings')).catch(() => []);
  const open: OpenFarewell[] = [];
  for (const name of names.filter((one) => /^[0-9a-f]{16}$/.test(one)).sort()) {
    const found = await openAt(state, name);
    if (found === null) continue;
    if (found.binding.wfm === current?.wfm) await dropFarewell(state, found.binding.wfm);
    else open.push(found);
  }
  return open;
}
