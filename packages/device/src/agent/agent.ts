/** The daemon: one supervised loop that keeps this device onboarded and its capabilities known. */
import { uptime } from 'node:os';
import { makeDirectory } from '@muster/pki';
import { currentBinding, presentBinding } from '../binding/binding.ts';
import { type DeviceClock, openClock } from '../clock/clock.ts';
import { DeviceError, namedFileError } from '../errors.ts';
import type { DeviceEvent } from '../events.ts';
import { openIdentity } from '../key/identity.ts';
import { acknowledgeRetirement } from '../onboarding/acknowledge.ts';
import { shareOfSpan } from '../schedule/back-off.ts';
import { type Wait, waitForReal } from '../schedule/wait.ts';
import { type Schedule, untilAllowed } from '../schedule/windows.ts';
import { type ControlRequest, openControl } from './control.ts';
import { Farewells } from './farewells.ts';
import { Hold } from './hold.ts';
import { type AgentOptions, timesOf } from './options.ts';
import { OrderedMove } from './ordered-move.ts';
import { Reporting } from './reporting.ts';
import { Standing } from './standing.ts';
import { afterError, type AgentTimes } from './state.ts';
import { tellSupervisor } from './supervisor.ts';
import { Surroundings } from './surroundings.ts';
import { Wishes } from './wishes.ts';

/** A machine that runs for less than this has just been switched on, and others with it. */
const freshMachine = 600;

/**
 * Runs until the signal aborts. Errors do not end it: each is a state with a time for the next try.
 * @throws DeviceError `state` when another process works on the folder, or its disk is full or read-only at the start
 */
export async function runAgent(o: AgentOptions): Promise<void> {
  try {
    await makeDirectory(o.stateDirectory);
    const hold = await Hold.take(o.stateDirectory);
    try {
      await new Agent(o, hold, await openClock(o.stateDirectory, o.now ?? Date.now)).run();
    } finally {
      await hold.end();
    }
  } catch (error) {
    throw namedFileError(error);
  }
}

class Agent {
  readonly #o: AgentOptions;
  readonly #hold: Hold;
  readonly #times: AgentTimes;
  readonly #schedule: Schedule;
  readonly #now: () => number;
  readonly #waitFor: Wait;
  readonly #clock: DeviceClock;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #standing: Standing;
  readonly #move: OrderedMove;
  readonly #farewells: Farewells;
  readonly #reporting: Reporting;
  readonly #surroundings: Surroundings;
  readonly #wishes = new Wishes();
  #wake = new AbortController();
  #failures = 0;
  #isChanged = false;
  /** Others have kept silent with this device, and will speak again with it. */
  #isReturning = false;

  constructor(o: AgentOptions, hold: Hold, clock: DeviceClock) {
    this.#o = o;
    this.#hold = hold;
    this.#clock = clock;
    this.#times = timesOf(o);
    this.#schedule = { downtime: o.downtime ?? [], pollWindows: o.pollWindows ?? [] };
    this.#now = o.now ?? Date.now;
    this.#waitFor = o.wait ?? waitForReal;
    this.#signal =
      o.signal === undefined ? this.#stop.signal : AbortSignal.any([o.signal, this.#stop.signal]);
    this.#signal.addEventListener('abort', () => this.#wake.abort(), { once: true });
    this.#standing = new Standing(this.#now, o.onEvent);
    this.#move = new OrderedMove({
      stateDirectory: o.stateDirectory,
      capabilitiesFile: o.capabilitiesFile,
      acceptRebind: o.acceptRebind ?? 'direct',
      timeoutSeconds: o.rebindTimeoutSeconds ?? 86_400,
      now: this.#now,
      signal: this.#signal,
      onEvent: o.onEvent,
      moved: () => {
        this.#reporting.forget();
        this.#wake.abort();
      },
    });
    const shared = { stateDirectory: o.stateDirectory, clock, signal: this.#signal, now: this.#now };
    this.#surroundings = new Surroundings({
      stateDirectory: o.stateDirectory,
      inventory: o.inventory,
      signal: this.#signal,
      onEvent: o.onEvent,
      changed: () => this.#noteChange(),
    });
    this.#farewells = new Farewells({ ...shared, onEvent: o.onEvent });
    this.#reporting = new Reporting({
      ...shared,
      capabilitiesFile: o.capabilitiesFile,
      inventory: o.inventory,
      times: this.#times,
      onEvent: (event) => this.#tell(event),
      wait: (seconds) => this.#waitToAsk(seconds),
    });
  }

  async run(): Promise<void> {
    const { stateDirectory } = this.#o;
    const control = await openControl(stateDirectory, {
      answer: (request) => this.#answer(request),
      lend: () => this.#lend(),
    });
    const unwatch = await this.#surroundings.watch();
    try {
      void tellSupervisor('--ready', '--status=starting');
      await this.#surroundings.recallHardware();
      this.#isReturning = (this.#o.uptime ?? uptime)() < freshMachine;
      let seconds = await this.#round();
      const looked = this.#surroundings.lookAtHardware();
      while (!this.#signal.aborted) {
        if (seconds > 0) await this.#wait(seconds);
        if (this.#hold.isWanted) await this.#makeWay();
        if (!this.#signal.aborted) seconds = await this.#round();
      }
      await looked;
    } finally {
      unwatch();
      await this.#move.end();
      await this.#farewells.end();
      this.#standing.enter('stopped');
      this.#wishes.refuse(
        new DeviceError('aborted', 'The daemon has stopped.', { nextStep: 'Start it again.' }),
      );
      await control.close();
      // As a plain assignment: the option for it is younger than many a systemd in the field.
      await tellSupervisor('STOPPING=1');
    }
  }

  #noteChange(): void {
    this.#isChanged = true;
    if (this.#isEager) this.#wake.abort();
  }

  /** A command works on the folder now. What it leaves there is looked at, and reported, as after a start. */
  async #makeWay(): Promise<void> {
    this.#standing.enter('paused', { detail: 'A command works on the state folder.' });
    await this.#hold.lend(this.#signal, ({ message: detail, nextStep }) =>
      this.#standing.enter('paused', { detail, nextStep }),
    );
    this.#failures = 0;
  }

  /** Whether there is something to do before its time. A WFM that wants to be left alone is not asked earlier because of a file. */
  get #isEager(): boolean {
    const { state } = this.#standing;
    return (
      this.#wishes.some ||
      this.#hold.isWanted ||
      (this.#isChanged && (state === 'active' || state === 'failed'))
    );
  }

  /**
   * After a power cut, or when a window ends, a whole plant speaks at once; each device has its place in the span, by its key.
   */
  async #spread(): Promise<void> {
    const span = this.#o.spreadSeconds ?? 30;
    if (span === 0 || (await currentBinding(this.#o.stateDirectory)) === null) return;
    const { signer } = await openIdentity({ stateDirectory: this.#o.stateDirectory });
    await this.#wait(shareOfSpan(signer.spkiSha256, span));
  }

  /** Seconds for which this device keeps silent, as its owner wants; 0 when it may talk. */
  #silence(): number {
    if (this.#wishes.some) return 0;
    const seconds = untilAllowed(this.#schedule, this.#clock.best) / 1000;
    if (seconds === 0) return 0;
    this.#isReturning = true;
    this.#standing.enter('downtime', { retryAfter: seconds });
    return seconds;
  }

  /** One look at the world. @returns seconds until the next */
  async #round(): Promise<number> {
    const silence = this.#silence();
    if (silence > 0) return silence;
    try {
      if (this.#isReturning) {
        this.#isReturning = false;
        await this.#spread();
        if (this.#signal.aborted || this.#hold.isWanted) return 0;
      }
      await this.#attend();
      this.#failures = 0;
      return this.#times.pollSeconds * (0.9 + Math.random() * 0.2);
    } catch (thrown) {
      if (this.#hold.isWanted) return 0;
      const error = namedFileError(thrown);
      if (!(error instanceof DeviceError)) throw error;
      if (error.standing === 'retired')
        await acknowledgeRetirement({ ...this.#o, now: this.#now, clock: this.#clock, signal: this.#signal });
      this.#wishes.refuse(error);
      const { state, retryAfter } = afterError(error, this.#failures++, this.#times, Math.random());
      const seen = error.seen === undefined ? '' : ` Seen: ${error.seen}`;
      const { nextStep } = error;
      const detail = `${error.message}${seen}`.slice(0, 500);
      this.#standing.enter(state, { detail, nextStep, retryAfter, failures: this.#failures });
      return retryAfter;
    }
  }

  async #attend(): Promise<void> {
    const { stateDirectory } = this.#o;
    this.#isChanged = false;
    const binding = await presentBinding(stateDirectory);
    if (binding === null) {
      const [detail, nextStep] = ['This device has not joined a WFM.', 'muster device join JOIN-STRING'];
      this.#standing.enter('unbound', { detail, nextStep, retryAfter: this.#times.pollSeconds });
      this.#wishes.refuse(new DeviceError('not-joined', detail, { nextStep }));
      return;
    }
    this.#move.follow(binding);
    const done = await this.#reporting.attend(binding, {
      wasAsked: () => this.#wishes.some,
      isActive: this.#standing.state === 'active',
      onboards: () => this.#standing.enter('onboarding'),
    });
    if (done !== null) {
      const { troubles, ...answer } = done;
      this.#standing.enter('active', { detail: troubles });
      this.#wishes.fulfil(answer);
    }
    if (!this.#move.isRunning) this.#farewells.follow();
  }

  #tell(event: DeviceEvent): void {
    if (event.event === 'pending')
      this.#standing.enter('pending', {
        detail: `An operator has to approve this device; the words are: ${event.words.join(' ')}`,
        nextStep: `muster clients approve ${event.fingerprint.slice(7, 23)}`,
        retryAfter: event.retryAfterSeconds,
      });
    else if (event.event === 'retry')
      this.#standing.enter('unreachable', {
        detail: event.reason,
        retryAfter: event.afterSeconds,
        failures: ++this.#failures,
      });
    this.#o.onEvent?.(event);
  }

  async #answer(request: ControlRequest): Promise<object> {
    if (request === 'status') return this.#standing.status;
    if (request === 'stop') {
      this.#stop.abort();
      return { stopping: true };
    }
    const answered = this.#wishes.add();
    this.#wake.abort();
    return answered;
  }

  /** @throws DeviceError `state` while this device moves, or while another command has the folder */
  async #lend(): Promise<() => void> {
    if (this.#move.isRunning)
      throw new DeviceError('state', 'This device moves to another WFM just now.', {
        nextStep: 'Wait until it has moved (muster device status), or stop the daemon.',
      });
    const free = this.#hold.ask();
    this.#wake.abort();
    return free;
  }

  async #wait(seconds: number): Promise<void> {
    if (this.#isEager || this.#signal.aborted) return;
    this.#wake = new AbortController();
    await this.#waitFor(seconds, this.#wake.signal);
  }

  /** A wait between two onboarding requests. Whoever has asked hears how it stands, and need not wait for an operator. */
  async #waitToAsk(seconds: number): Promise<void> {
    const { state, detail, nextStep } = this.#standing.status;
    const code = state === 'pending' ? 'rejected' : 'unreachable';
    this.#wishes.refuse(new DeviceError(code, detail ?? '', { nextStep: nextStep ?? 'Try again later.' }));
    await this.#wait(seconds);
    if (this.#hold.isWanted)
      throw new DeviceError('aborted', 'A command wants the folder.', { nextStep: 'Wait for it to end.' });
    for (let silence = this.#silence(); silence > 0 && !this.#signal.aborted; silence = this.#silence())
      await this.#wait(silence);
  }
}
