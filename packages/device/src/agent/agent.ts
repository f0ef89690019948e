/** The daemon: one supervised loop that keeps this device onboarded and its capabilities known. */
import { createHash } from 'node:crypto';
import { uptime } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDirectory } from '@muster/pki';
import { pairingWords, type RebindOrder } from '@muster/protocol';
import { type Binding, currentBinding, requireBinding } from '../binding/binding.ts';
import { type DeviceClock, openClock } from '../clock/clock.ts';
import { digestOf } from '../capabilities/digest.ts';
import { DeviceError, namedFileError } from '../errors.ts';
import type { DeviceEvent, OnEvent } from '../events.ts';
import { withSkew } from '../capabilities/skew.ts';
import { openIdentity } from '../key/identity.ts';
import { acknowledgeRetirement } from '../onboarding/acknowledge.ts';
import { enroll } from '../onboarding/enroll.ts';
import type { RebindOptions } from '../rebind.ts';
import { shareOfSpan } from '../schedule/back-off.ts';
import { type DowntimeWindow, isDowntime, untilUptime } from '../schedule/windows.ts';
import { lockState } from '../state/lock.ts';
import { openControl } from './control.ts';
import { afterError, type AgentState, type AgentTimes, isReportDue } from './state.ts';
import { tellSupervisor } from './supervisor.ts';

export interface AgentOptions extends Partial<AgentTimes> {
  readonly stateDirectory: string;
  readonly capabilitiesFile?: string | undefined;
  /** A gateway's inventory, watched: a YAML file, or a directory with one file per child. */
  readonly inventory?: string | undefined;
  readonly downtime?: readonly DowntimeWindow[] | undefined;
  /** When this device looks for work at all; always, when there is none. */
  readonly pollWindows?: readonly DowntimeWindow[] | undefined;
  /** Over how long the devices of a plant spread their first request after the machine has started, in seconds. */
  readonly spreadSeconds?: number | undefined;
  /** Whether the WFM may send this device to another one: default `direct`, unless a proxy that inspects TLS is trusted. */
  readonly acceptRebind?: 'direct' | 'always' | 'never' | undefined;
  /** Gives up an ordered move after so many seconds; default a day. */
  readonly rebindTimeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEvent | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

export interface AgentStatus {
  readonly state: AgentState;
  /** Since when, ISO 8601. */
  readonly since: string;
  readonly detail: string | null;
  readonly nextStep: string | null;
  readonly nextTryAt: string | null;
  readonly failures: number;
}

const defaults: AgentTimes = { pollSeconds: 60, heartbeatSeconds: 21_600, slowRetrySeconds: 3_600 };
/** A machine that runs for less than this has just been switched on, and others with it. */
const freshMachine = 600;

/**
 * Runs until the signal aborts. Errors do not end it: each is a state with a time for the next try.
 * @throws DeviceError `state` when another process works on the folder, or its disk is full or read-only at the start
 */
export async function runAgent(o: AgentOptions): Promise<void> {
  try {
    await makeDirectory(o.stateDirectory);
    const unlock = await lockState(o.stateDirectory);
    try {
      await new Agent(o, await openClock(o.stateDirectory, o.now ?? Date.now)).run();
    } finally {
      await unlock();
    }
  } catch (error) {
    throw namedFileError(error);
  }
}

class Agent {
  readonly #o: AgentOptions;
  readonly #times: AgentTimes;
  readonly #now: () => number;
  readonly #clock: DeviceClock;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #wake = new AbortController();
  #status: AgentStatus;
  #failures = 0;
  #reported = { digest: '', at: Number.NEGATIVE_INFINITY };
  #isChanged = false;
  #move: {
    readonly wfm: string;
    readonly orderId: string;
    readonly stop: AbortController;
    readonly done: Promise<void>;
  } | null = null;
  #settledOrder = '';
  #asked: Array<{ resolve: (value: object) => void; reject: (error: unknown) => void }> = [];

  constructor(o: AgentOptions, clock: DeviceClock) {
    this.#o = o;
    this.#clock = clock;
    this.#times = {
      pollSeconds: o.pollSeconds ?? defaults.pollSeconds,
      heartbeatSeconds: o.heartbeatSeconds ?? defaults.heartbeatSeconds,
      slowRetrySeconds: o.slowRetrySeconds ?? defaults.slowRetrySeconds,
    };
    this.#now = o.now ?? Date.now;
    this.#signal =
      o.signal === undefined ? this.#stop.signal : AbortSignal.any([o.signal, this.#stop.signal]);
    this.#status = this.#make('starting');
  }

  async run(): Promise<void> {
    const control = await openControl(this.#o.stateDirectory, (request) => this.#answer(request));
    const unwatch = await this.#watch();
    try {
      tellSupervisor('--ready', '--status=starting');
      await this.#spread();
      while (!this.#signal.aborted) {
        const seconds = await this.#round();
        if (seconds > 0) await this.#wait(seconds);
      }
    } finally {
      unwatch();
      tellSupervisor('--stopping');
      await this.#move?.done;
      this.#enter('stopped');
      const gone = new DeviceError('aborted', 'The daemon has stopped.', { nextStep: 'Start it again.' });
      for (const { reject } of this.#asked.splice(0)) reject(gone);
      await control.close();
    }
  }

  async #watch(): Promise<() => void> {
    const { inventory } = this.#o;
    if (inventory === undefined) return () => undefined;
    const { watchInventory } = await import('../gateway/watch.ts');
    return watchInventory(inventory, () => {
      // A WFM that wants to be left alone is not asked earlier because of a file.
      if (this.#status.state !== 'active' && this.#status.state !== 'failed') return;
      this.#isChanged = true;
      this.#wake.abort();
    });
  }

  /** After a power cut a whole plant starts at once; each device has its place in the span, by its key. */
  async #spread(): Promise<void> {
    const span = this.#o.spreadSeconds ?? 30;
    if (uptime() > freshMachine || span === 0 || (await currentBinding(this.#o.stateDirectory)) === null)
      return;
    const { signer } = await openIdentity({ stateDirectory: this.#o.stateDirectory });
    await this.#wait(shareOfSpan(signer.spkiSha256, span));
  }

  /** One look at the world. @returns seconds until the next */
  async #round(): Promise<number> {
    const { downtime = [], pollWindows = [] } = this.#o;
    const at = this.#clock.best;
    const isQuiet = pollWindows.length > 0 && !isDowntime(pollWindows, at);
    if (this.#asked.length === 0 && (isQuiet || isDowntime(downtime, at))) {
      this.#enter('downtime');
      return isQuiet ? this.#times.pollSeconds : untilUptime(downtime, at) / 1000;
    }
    try {
      await this.#attend();
      this.#failures = 0;
      return this.#times.pollSeconds * (0.9 + Math.random() * 0.2);
    } catch (thrown) {
      const error = namedFileError(thrown);
      if (!(error instanceof DeviceError)) throw error;
      if (error.standing === 'retired') await this.#acknowledgeRetirement();
      for (const { reject } of this.#asked.splice(0)) reject(error);
      const verdict = afterError(error, this.#failures++, this.#times, Math.random());
      const seen = error.seen === undefined ? '' : ` Seen: ${error.seen}`;
      this.#enter(verdict.state, `${error.message}${seen}`.slice(0, 500), error.nextStep, verdict.retryAfter);
      return verdict.retryAfter;
    }
  }

  async #attend(): Promise<void> {
    const { stateDirectory } = this.#o;
    this.#isChanged = false;
    const binding = await currentBinding(stateDirectory);
    if (binding === null) {
      this.#enter('unbound', 'This device has not joined a WFM.', 'muster device join JOIN-STRING');
      for (const { reject } of this.#asked.splice(0))
        reject(
          new DeviceError('not-joined', 'This device has not joined a WFM.', {
            nextStep: 'muster device join JOIN-STRING',
          }),
        );
      return;
    }
    this.#followOrder(binding);
    const { lookAtOffer, offeredAs, syncChildren, troubleOf } = await import('../gateway/sync.ts');
    const offer = await lookAtOffer({ ...this.#o, binding });
    const changed = digestOf(withSkew(offeredAs(offer, binding), binding)) !== this.#reported.digest;
    const sinceReport = (this.#now() - this.#reported.at) / 1000;
    const isWhole = sinceReport >= this.#times.heartbeatSeconds && Number.isFinite(sinceReport);
    const wasAsked = this.#asked.length > 0;
    const isDue =
      isReportDue({ changed, sinceReport }, this.#times) || wasAsked || this.#status.state !== 'active';
    if (!isDue && offer.children === undefined) return;
    const identity = await openIdentity({ stateDirectory, clock: this.#clock });
    if (binding.clientId === null) this.#enter('onboarding');
    const how = {
      stateDirectory,
      identity,
      now: this.#now,
      clock: this.#clock,
      signal: this.#signal,
      onEvent: (event: DeviceEvent) => this.#tell(event),
    };
    let bound = { ...binding, clientId: binding.clientId ?? '' };
    let status = 0;
    if (isDue) {
      const words = pairingWords(binding.caPin ?? '', identity.signer.spkiSha256, (bytes) =>
        createHash('sha256').update(bytes).digest(),
      );
      ({ binding: bound, status } = await enroll({
        ...how,
        ...offer,
        binding,
        words,
        // Read above; a move may have put another one in force since.
        keepCurrent: true,
      }));
      this.#reported = { digest: digestOf(withSkew(offeredAs(offer, bound), bound)), at: this.#now() };
    }
    const { children } = await syncChildren({ ...how, binding: bound, offer, isWhole: isWhole || wasAsked });
    this.#enter('active', troubleOf(children));
    const { deviceId } = offer.capabilities;
    const profile = bound.learned?.profile ?? '';
    for (const { resolve } of this.#asked.splice(0)) resolve({ status, deviceId, profile, children });
  }

  /** An ordered move runs beside the loop, which goes on to serve the old WFM until the switch. */
  #followOrder({ wfm, order, anchors }: Binding): void {
    const { stateDirectory, capabilitiesFile, acceptRebind = 'direct' } = this.#o;
    if (this.#move !== null) {
      // Taken back, or replaced by another: the WFM that gave it says so with its next answer.
      if (wfm === this.#move.wfm && order?.orderId !== this.#move.orderId) this.#move.stop.abort();
      return;
    }
    // One that has failed is not tried again by itself: its WFM knows why, and may give a new one.
    if (order === null || order.orderId === this.#settledOrder || acceptRebind === 'never') return;
    const isInspected = anchors.kind === 'ca' && (anchors.also ?? []).length > 0;
    if (acceptRebind === 'direct' && isInspected) return;
    const stop = new AbortController();
    const done = this.#runOrder(order, {
      stateDirectory,
      trust: { joinString: order.joinString },
      capabilitiesFile,
      timeoutSeconds: this.#o.rebindTimeoutSeconds ?? 86_400,
      now: this.#now,
      signal: AbortSignal.any([this.#signal, stop.signal]),
      onEvent: (event) => this.#o.onEvent?.(event),
    });
    this.#move = { wfm, orderId: order.orderId, stop, done };
  }

  async #runOrder(order: RebindOrder, how: RebindOptions): Promise<void> {
    try {
      const { followOrder } = await import('../rebind.ts');
      await followOrder(how, order);
      this.#reported = { digest: '', at: Number.NEGATIVE_INFINITY };
      this.#wake.abort();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#o.onEvent?.({ event: 'notice', text: `This device does not move: ${why}` });
    } finally {
      this.#settledOrder = order.orderId;
      this.#move = null;
    }
  }

  /** Best effort: what does not get through is said with the next slow retry. */
  async #acknowledgeRetirement(): Promise<void> {
    const { stateDirectory } = this.#o;
    try {
      const binding = await requireBinding(stateDirectory);
      const identity = await openIdentity({ stateDirectory });
      const speaker = { binding, identity, now: this.#now, signal: this.#signal };
      await acknowledgeRetirement(stateDirectory, speaker);
    } catch (error) {
      if (!(namedFileError(error) instanceof DeviceError)) throw error;
    }
  }

  #tell(event: DeviceEvent): void {
    if (event.event === 'pending')
      this.#enter(
        'pending',
        `An operator has to approve this device; the words are: ${event.words.join(' ')}`,
        `muster clients approve ${event.fingerprint.slice(7, 23)}`,
        event.retryAfterSeconds,
      );
    this.#o.onEvent?.(event);
  }

  #make(state: AgentState, detail?: string, nextStep?: string, retryAfter?: number): AgentStatus {
    const now = this.#now();
    return {
      state,
      since: new Date(now).toISOString(),
      detail: detail ?? null,
      nextStep: nextStep ?? null,
      nextTryAt: retryAfter === undefined ? null : new Date(now + retryAfter * 1000).toISOString(),
      failures: this.#failures,
    };
  }

  #enter(state: AgentState, detail?: string, nextStep?: string, retryAfter?: number): void {
    const before = this.#status;
    const isSame = before.state === state;
    this.#status = {
      ...this.#make(state, detail, nextStep, retryAfter),
      ...(isSame ? { since: before.since } : {}),
    };
    // One line for each change, not for each try: months without a network must not fill a disk.
    if (isSame && before.detail === this.#status.detail) return;
    tellSupervisor(`--status=${state}`);
    this.#o.onEvent?.({ event: 'state', ...this.#status });
  }

  async #answer(request: 'status' | 'report' | 'stop'): Promise<object> {
    if (request === 'status') return this.#status;
    if (request === 'stop') {
      this.#stop.abort();
      return { stopping: true };
    }
    const answered = new Promise<object>((resolve, reject) => this.#asked.push({ resolve, reject }));
    this.#wake.abort();
    return answered;
  }

  async #wait(seconds: number): Promise<void> {
    if (this.#asked.length > 0 || this.#isChanged) return;
    this.#wake = new AbortController();
    const signal = AbortSignal.any([this.#signal, this.#wake.signal]);
    // Timers end at 2^31 milliseconds.
    await sleep(Math.min(seconds * 1000, 2_147_000_000), undefined, { signal }).catch(() => undefined);
  }
}
