/** Leaving a WFM, or taking back what waits to be decided. */
import { rm } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import {
  type Binding,
  currentBinding,
  forgetBinding,
  pendingBindings,
  requireBinding,
} from '../binding/binding.ts';
import { openFarewells } from '../binding/farewell.ts';
import { withdraw } from '../capabilities/withdraw.ts';
import { openClock } from '../clock/clock.ts';
import { openIdentity } from '../key/identity.ts';
import { bidFarewell } from '../onboarding/farewell.ts';
import type { TakenBack } from '../onboarding/take-back.ts';
import { locked } from './locked.ts';

/** What leaving came to. */
export interface Left {
  /** Null for a device that had not joined yet. */
  readonly clientId: string | null;
  /** Whether the WFM had capabilities of it to delete. */
  readonly removed: boolean;
  /** Requests at WFMs that had not decided. */
  readonly requests: readonly TakenBack[];
}

interface LeaveOptions {
  readonly stateDirectory: string;
  readonly forgetKey?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Takes back what waits at other WFMs, or at the only one. A WFM that cannot be reached keeps nobody from the others. */
async function takeBackAll(o: LeaveOptions, pending: readonly Binding[]): Promise<TakenBack[]> {
  if (pending.length === 0) return [];
  const { takeBack } = await import('../onboarding/take-back.ts');
  const { stateDirectory, signal } = o;
  const identity = await openIdentity(o);
  const clock = await openClock(stateDirectory, Date.now);
  const requests: TakenBack[] = [];
  let failed: unknown;
  for (const binding of pending)
    try {
      requests.push(await takeBack({ stateDirectory, signal, identity, clock, now: Date.now }, binding));
    } catch (error) {
      failed ??= error;
    }
  if (failed !== undefined) throw failed;
  return requests;
}

/**
 * Leaves the WFM: its record of this device's capabilities is deleted, then the binding is forgotten. Requests that wait to
 * be decided, here or at another WFM, are taken back. The key stays unless told otherwise.
 * @throws DeviceError `not-joined`, `unreachable`, `refused`; called again, it goes on where it was
 */
export function leave(o: LeaveOptions): Promise<Left> {
  return locked(o, async () => {
    const pending = await pendingBindings(o.stateDirectory);
    let left: Omit<Left, 'requests'> = { clientId: null, removed: false };
    if (pending.length === 0 || (await currentBinding(o.stateDirectory)) !== null) {
      const binding = await requireBinding(o.stateDirectory);
      const identity = await openIdentity(o);
      const clock = await openClock(o.stateDirectory, Date.now);
      const how = { ...o, identity, now: Date.now, clock };
      const removed = await withdraw({ ...how, binding });
      // No daemon will be there to say it any more. Best effort: what does not get through stays on disk.
      for (const open of await openFarewells(o.stateDirectory)) await bidFarewell(how, open);
      await forgetBinding(o.stateDirectory, binding);
      left = { clientId: binding.clientId, removed };
    }
    const requests = await takeBackAll(o, pending);
    if (o.forgetKey === true) {
      for (const file of ['key.pem', 'certificate.pem', 'identity.json'])
        await rm(joinPath(o.stateDirectory, file), { force: true });
    }
    return { ...left, requests };
  });
}
