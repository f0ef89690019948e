/** What the daemon is in: for whoever asks, and told once for each change. */
import type { OnEvent } from '../events.ts';
import type { AgentState } from './state.ts';
import { tellSupervisor } from './supervisor.ts';

export interface AgentStatus {
  readonly state: AgentState;
  /** Since when, ISO 8601. */
  readonly since: string;
  readonly detail: string | null;
  readonly nextStep: string | null;
  readonly nextTryAt: string | null;
  readonly failures: number;
}

interface StandingDetail {
  readonly detail?: string | undefined;
  readonly nextStep?: string | undefined;
  /** Seconds until the next try. */
  readonly retryAfter?: number | undefined;
  /** How many tries in a row have failed. */
  readonly failures?: number | undefined;
}

/** States that come and go by themselves, each time with other words; milliseconds between two lines about one of them. */
const weather: ReadonlySet<AgentState> = new Set(['unreachable', 'untrusted']);
const quiet = 3_600_000;

/** The state that the daemon is in, and what was told of it last. */
export class Standing {
  readonly #now: () => number;
  readonly #onEvent: OnEvent | undefined;
  #status: AgentStatus;
  #told: { state: AgentState; detail: string | null; at: number };

  /** @param now milliseconds since 1970 */
  constructor(now: () => number, onEvent: OnEvent | undefined) {
    this.#now = now;
    this.#onEvent = onEvent;
    this.#status = this.#make('starting', {}, new Date(now()).toISOString());
    this.#told = { state: 'starting', detail: null, at: now() };
  }

  get status(): AgentStatus {
    return this.#status;
  }

  get state(): AgentState {
    return this.#status.state;
  }

  #make(state: AgentState, o: StandingDetail, since: string): AgentStatus {
    const { detail = null, nextStep = null, retryAfter, failures = 0 } = o;
    const nextTryAt =
      retryAfter === undefined ? null : new Date(this.#now() + retryAfter * 1000).toISOString();
    return { state, since, detail, nextStep, nextTryAt, failures };
  }

  /** Enters a state, or stays in it with something new to say. */
  enter(state: AgentState, o: StandingDetail = {}): void {
    const now = this.#now();
    const before = this.#status;
    const since = before.state === state ? before.since : new Date(now).toISOString();
    this.#status = this.#make(state, o, since);
    const told = this.#told;
    // One line for each change, not for each try: months without a network must not fill a disk.
    if (told.state === state) {
      const isStale = Math.abs(now - told.at) >= quiet;
      if (told.detail === this.#status.detail || (weather.has(state) && !isStale)) return;
    }
    this.#told = { state, detail: this.#status.detail, at: now };
    void tellSupervisor(`--status=${state}`);
    this.#onEvent?.({ event: 'state', ...this.#status });
  }
}
