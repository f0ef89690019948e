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
import { certificateChecks } from './certificate-api.ts';
import { Ground, type PendingClient, type WfmTarget } from './ground.ts';
import { tlsChecks } from './tls.ts';

/** Everything that is looked at. */
export const wfmChecks: readonly Examination<Ground>[] = [...tlsChecks, ...certificateChecks];

export interface WfmReport extends Summary {
  /** Why most could not be looked at, where that is so. */
  readonly ended: 'unreachable' | 'untrusted' | null;
}

const endings = {
  unreachable: 'nothing answers at the address',
  untrusted: 'the server is not the one that was to be checked',
} as const;

/**
 * Checks a WFM from outside. It leaves throw-away clients there, whose names begin with `muster-conform`.
 * @param o.onOutcome called for each check as it ends
 * @param o.onPending called for each client that an operator has to let in
 * @throws what the signal was aborted with
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
    signal.throwIfAborted();
    outcomes.push(outcome);
    o.onOutcome?.(outcome);
  }
  return { ...summarize(outcomes), ended: ground.ended ?? null };
}
