/** The daemon's state machine: what it is in, and when it tries again. Pure. */
import type { DeviceError } from '../errors.ts';
import { backOff } from '../schedule/back-off.ts';

export type AgentState =
  | 'unbound'
  | 'starting'
  | 'onboarding'
  | 'pending'
  | 'active'
  | 'blocked'
  | 'retired'
  | 'refused'
  | 'untrusted'
  | 'unreachable'
  | 'downtime'
  | 'failed'
  | 'paused'
  | 'stopped';

export interface AgentTimes {
  /** Between looks at what this machine offers, in seconds. */
  readonly pollSeconds: number;
  /** Between reports of the same capabilities, in seconds. */
  readonly heartbeatSeconds: number;
  /** Between questions about a refusal that only an operator can lift, in seconds. */
  readonly slowRetrySeconds: number;
}

export interface Verdict {
  readonly state: AgentState;
  /** Seconds. */
  readonly retryAfter: number;
}

/**
 * What an error means for the daemon.
 * @param failures how many there were in a row before this one
 * @param random from 0 to below 1
 */
export function afterError(error: DeviceError, failures: number, times: AgentTimes, random: number): Verdict {
  const slow = times.slowRetrySeconds * (1 + random * 0.1);
  switch (error.code) {
    case 'unreachable':
    case 'protocol':
      // Never before the WFM wants to be asked again.
      return {
        state: 'unreachable',
        retryAfter: (error.retryAfterSeconds ?? 0) * (1 + random * 0.1) + backOff(failures, random),
      };
    case 'trust':
      return { state: 'untrusted', retryAfter: Math.min(slow, 60 * backOff(failures, random)) };
    case 'rejected':
    case 'refused':
      return { state: error.standing ?? 'refused', retryAfter: slow };
    case 'not-joined':
      return { state: 'unbound', retryAfter: times.pollSeconds };
    case 'aborted':
      return { state: 'stopped', retryAfter: 0 };
    case 'usage':
    case 'state':
    case 'timeout':
      return { state: 'failed', retryAfter: slow };
  }
}

/**
 * Whether it is time to report.
 * @param sinceReport seconds since the last report that the WFM took; infinite before the first
 */
export function isReportDue(o: { changed: boolean; sinceReport: number }, times: AgentTimes): boolean {
  // A negative time comes of a clock that was set back: by it the next heartbeat could be years away.
  return o.changed || o.sinceReport < 0 || o.sinceReport >= times.heartbeatSeconds;
}
