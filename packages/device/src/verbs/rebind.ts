/** Moving to another WFM: the old binding is in force until the new WFM has let this device in and taken its capabilities. */
import { join as joinPath } from 'node:path';
import { makeDirectory } from '@muster/pki';
import { shortReason, type RebindOrder } from '@muster/protocol';
import { askDaemon } from '../agent/control.ts';
import { currentBinding, makeCurrent, requireBinding, saveBinding } from '../binding/binding.ts';
import { openFarewells, saveFarewell } from '../binding/farewell.ts';
import { joinUnlocked, type JoinOptions, type Joined } from './join.ts';
import { DeviceError, throwIfStopped } from '../errors.ts';
import { openIdentity } from '../key/identity.ts';
import { acknowledge } from '../onboarding/acknowledge.ts';
import { bidFarewell } from '../onboarding/farewell.ts';
import { lockState } from '../state/lock.ts';

export type RebindOptions = Pick<
  JoinOptions,
  'stateDirectory' | 'trust' | 'capabilitiesFile' | 'ticket' | 'signal' | 'onEvent' | 'timeoutSeconds' | 'now'
> & {
  /** Forget the old binding instead of keeping it for the way back. */
  readonly forgetOld?: boolean | undefined;
};

export interface Rebound extends Joined {
  readonly from: string;
  /** Why the old WFM does not know yet, in one sentence; null when it does. A daemon tries again, for weeks. */
  readonly oldNotTold: string | null;
}

/**
 * Joins another WFM with the same key. Whatever goes wrong before the switch leaves the present binding in force, and
 * running it again goes on where it was. A daemon that runs serves the old WFM meanwhile, and takes up the new one.
 * @throws DeviceError `not-joined`, and as join does
 */
export async function rebind(o: RebindOptions): Promise<Rebound> {
  const { stateDirectory } = o;
  throwIfStopped(o.signal);
  await requireBinding(stateDirectory);
  const bindings = joinPath(stateDirectory, 'bindings');
  await makeDirectory(bindings);
  // A daemon has the folder's lock and goes on; moves have a lock of their own, so that there is one at a time.
  const isServed = (await askDaemon(stateDirectory, 'status')) !== null;
  const unlock = isServed ? null : await lockState(stateDirectory);
  try {
    const moved = await move(o, null);
    // Wakes the daemon: it goes by the binding in force.
    if (isServed) await askDaemon(stateDirectory, 'report').catch(() => null);
    return moved;
  } finally {
    await unlock?.();
  }
}

/**
 * Does what the WFM in force has ordered, and tells it how far it is.
 * @throws DeviceError what kept this device from moving; the old WFM was told, if it could be
 */
export async function followOrder(o: RebindOptions, order: RebindOrder): Promise<Rebound> {
  return move({ ...o, trust: { joinString: order.joinString } }, order.orderId);
}

type Speaker = Omit<Parameters<typeof bidFarewell>[0], 'isAlone'>;

async function sayWhatIsLeft(o: Speaker, joined: Joined): Promise<Rebound | null> {
  let last: Rebound | null = null;
  for (const open of await openFarewells(o.stateDirectory)) {
    const { notTold } = await bidFarewell({ ...o, isAlone: true }, open);
    last = { ...joined, from: open.binding.wfm, oldNotTold: notTold };
  }
  return last;
}

async function move(o: RebindOptions, orderId: string | null): Promise<Rebound> {
  const { stateDirectory, signal, now = Date.now } = o;
  const unlock = await lockState(joinPath(stateDirectory, 'bindings'));
  try {
    const old = await requireBinding(stateDirectory);
    const identity = await openIdentity({ stateDirectory });
    const speaker = { stateDirectory, binding: old, identity, now, signal };
    /** An order that its WFM knows to have failed is done with; one that it does not is tried again. */
    const tellFailed = async (reason: string): Promise<void> => {
      if (orderId === null) return;
      const said = { about: 'rebind', orderId, state: 'failed', reason } as const;
      const isHeard = await acknowledge(speaker, said).then(
        () => true,
        () => false,
      );
      const present = isHeard ? await currentBinding(stateDirectory) : null;
      if (present?.order?.orderId === orderId) await saveBinding(stateDirectory, { ...present, order: null });
    };
    if (orderId !== null) {
      // One that cannot be asked any more has given its order; one that can, may have taken it back.
      const isOpen = await acknowledge(speaker, { about: 'rebind', orderId, state: 'accepted' }).catch(
        () => true,
      );
      if (!isOpen)
        throw new DeviceError('refused', 'The order to move was taken back.', {
          seen: 'the WFM does not know it any more',
          expected: 'an open order',
          nextStep: 'There is nothing to do.',
        });
    }
    let joined: Joined;
    try {
      joined = await joinUnlocked(o, { keepCurrent: true });
    } catch (error) {
      if (error instanceof DeviceError && error.code !== 'aborted')
        await tellFailed(shortReason(`${error.message} Seen: ${error.seen ?? 'nothing'}`));
      throw error;
    }
    // A cut may have kept an earlier switch from being told.
    if (joined.wfm === old.wfm)
      return (await sayWhatIsLeft(speaker, joined)) ?? { ...joined, from: old.wfm, oldNotTold: null };
    const farewell = { version: 1, orderId, forget: o.forgetOld === true, tries: 0 } as const;
    await saveFarewell(stateDirectory, old.wfm, farewell);
    // The switch: one atomic write. Before it the old binding is in force, after it the new one.
    await makeCurrent(stateDirectory, { wfm: joined.wfm });
    o.onEvent?.({ event: 'rebound', from: old.wfm, wfm: joined.wfm, clientId: joined.clientId });
    const { notTold } = await bidFarewell({ ...speaker, isAlone: true }, { binding: old, farewell });
    return { ...joined, from: old.wfm, oldNotTold: notTold };
  } finally {
    await unlock();
  }
}
