/** All checks of a WFM, in their order. */
import { randomBytes } from 'node:crypto';
import {
  type Examination,
  examine,
  MissingGround,
  type Outcome,
  summarize,
  type Summary,
} from '../report.ts';
import { answersChecks } from './answers.ts';
import { capabilitiesChecks, remove } from './capabilities.ts';
import { documentChecks } from './documents.ts';
import { forgedChecks } from './forged.ts';
import { certificateChecks } from './certificate-api.ts';
import { Ground, type PendingClient, type WfmTarget } from './ground.ts';
import { malformedChecks } from './malformed.ts';
import { onboardingChecks } from './onboarding.ts';
import { tlsChecks } from './tls.ts';
import { NoAnswer } from './wire.ts';

/** Everything that is looked at. */
export const wfmChecks: readonly Examination<Ground>[] = [
  ...tlsChecks,
  ...certificateChecks,
  ...onboardingChecks,
  ...malformedChecks,
  ...capabilitiesChecks,
  ...forgedChecks,
  ...documentChecks,
  ...answersChecks,
];

export interface WfmReport extends Summary {
  /** Why most could not be looked at, where that is so. */
  readonly ended: 'unreachable' | 'untrusted' | null;
}

const endings = {
  unreachable: 'nothing answers at the address',
  untrusted: 'the server is not the one that was to be checked',
} as const;

/** Somebody has ended the run before its end: there is no verdict. */
class StoppedError extends Error {
  override readonly name = 'StoppedError';
  readonly code = 'aborted';
  readonly nextStep = 'Run it again; the clients that were made so far are still at the WFM.';

  constructor() {
    super('Stopped before the end.');
  }
}

/** Takes back the reported device, which nobody has, as far as the WFM lets one. */
async function cleanUp(ground: Ground): Promise<void> {
  try {
    await remove(ground, ground.client, `${ground.mark}-1`);
  } catch (error) {
    // The verdict stands; what is left has the mark in its name.
    if (!(error instanceof MissingGround) && !(error instanceof NoAnswer)) throw error;
  }
}

/**
 * Checks a WFM from outside. It leaves throw-away clients there, whose names begin with `muster-conform`.
 * @param o.onOutcome called for each check as it ends
 * @param o.onPending called for each client that an operator has to let in
 * @throws StoppedError when the signal was aborted
 */
export async function checkWfm(
  target: WfmTarget,
  o: {
    readonly signal?: AbortSignal;
    readonly onOutcome?: (outcome: Outcome) => void;
    readonly onPending?: (pending: PendingClient) => void;
  } = {},
): Promise<WfmReport> {
  const signal = o.signal ?? new AbortController().signal;
  const mark = `muster-conform-${randomBytes(4).toString('hex')}`;
  const ground = new Ground(target, signal, (pending) => o.onPending?.(pending), mark);
  const outcomes: Outcome[] = [];
  for (const one of wfmChecks) {
    const { ended } = ground;
    const look = ended === undefined ? one.look : () => Promise.reject(new MissingGround(endings[ended]));
    const outcome = await examine({ ...one, look }, ground);
    if (signal.aborted) throw new StoppedError();
    outcomes.push(outcome);
    o.onOutcome?.(outcome);
  }
  await cleanUp(ground);
  return { ...summarize(outcomes), ended: ground.ended ?? null };
}
