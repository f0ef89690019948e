/** The last words to a WFM that this device has moved away from: its capabilities go, and the order to move is fulfilled. */
import { join } from 'node:path';
import { bindingName, currentBinding, dropBinding } from '../binding/binding.ts';
import { dropFarewell, type OpenFarewell, saveFarewell } from '../binding/farewell.ts';
import { withdraw } from '../capabilities/withdraw.ts';
import { DeviceError, namedFileError } from '../errors.ts';
import { lockState } from '../state/lock.ts';
import { acknowledge, type Speaker } from './acknowledge.ts';

/** With a day between the later ones, three weeks of a device that is up; then the WFM's operator has to see to it. */
const mostTries = 30;

type Parting = Speaker & { readonly stateDirectory: string };

/** What came of it. */
export interface Bidden {
  /** Nothing is left to say, because it was said, or because there is no use in saying it again. */
  readonly isDone: boolean;
  /** Why the WFM does not know, in one sentence; null when it does. */
  readonly notTold: string | null;
}

/** A refusal will be the same tomorrow. */
const isFinal = (error: DeviceError): boolean => error.code === 'refused' || error.code === 'rejected';

async function say(o: Parting, { binding, farewell: { orderId } }: OpenFarewell): Promise<string | null> {
  const to = { ...o, binding };
  let notWithdrawn: string | null = null;
  try {
    await withdraw(to);
  } catch (error) {
    if (!(error instanceof DeviceError && isFinal(error))) throw error;
    notWithdrawn = error.message;
  }
  if (orderId === null) return notWithdrawn;
  const isTaken = await acknowledge(to, { about: 'rebind', orderId, state: 'moved' });
  return isTaken ? notWithdrawn : 'The old WFM knows nothing of this order any more.';
}

/** The old binding goes only if nobody has moved back. */
async function end({ stateDirectory }: Parting, { binding, farewell }: OpenFarewell): Promise<void> {
  if (!farewell.forget) await dropFarewell(stateDirectory, binding.wfm);
  else if ((await currentBinding(stateDirectory))?.wfm !== binding.wfm)
    await dropBinding(stateDirectory, bindingName(binding.wfm));
}

/**
 * Says it once. What does not get through stays on disk and is said later, up to a bound.
 * @param o.isAlone the caller holds the lock of moves; without it the lock is taken where something is forgotten
 */
export async function bidFarewell(
  o: Parting & { readonly isAlone?: boolean },
  open: OpenFarewell,
): Promise<Bidden> {
  const { stateDirectory } = o;
  const { binding, farewell } = open;
  let notTold: string | null;
  try {
    // Before it is tried: whoever is cut each time comes to an end, too.
    const tries = farewell.tries + 1;
    await saveFarewell(stateDirectory, binding.wfm, { ...farewell, tries });
    try {
      notTold = await say(o, open);
    } catch (thrown) {
      const error = namedFileError(thrown);
      if (!(error instanceof DeviceError)) throw error;
      notTold = error.message;
      // It was stopped, which says nothing of that WFM.
      if (error.code === 'aborted') await saveFarewell(stateDirectory, binding.wfm, farewell);
      if (!isFinal(error) && tries < mostTries) return { isDone: false, notTold };
    }
    const unlock =
      farewell.forget && o.isAlone !== true ? await lockState(join(stateDirectory, 'bindings')) : null;
    try {
      await end(o, open);
      return { isDone: true, notTold };
    } finally {
      await unlock?.();
    }
  } catch (thrown) {
    const error = namedFileError(thrown);
    if (!(error instanceof DeviceError)) throw error;
    return { isDone: false, notTold: error.message };
  }
}
