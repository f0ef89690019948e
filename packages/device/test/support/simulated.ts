/** A daemon whose waits take no time: its days pass in seconds, against real servers over real TLS. */
import { setImmediate } from 'node:timers/promises';
import { type AgentOptions, type DeviceEvent, runAgent } from '../../src/index.ts';

type StateEvent = Extract<DeviceEvent, { event: 'state' }>;

interface Lived {
  /** What it told, but for its end. */
  readonly events: DeviceEvent[];
  readonly states: StateEvent[];
  /** How long it wanted to wait each time, in seconds. */
  readonly waits: number[];
}

export class SimulatedTime {
  /** Milliseconds since 1970. */
  at: number;
  /** What happens while the daemon waits; called with how often it has waited before. */
  meanwhile: (waits: number) => Promise<void> = () => setImmediate();

  constructor(from: string | number) {
    this.at = typeof from === 'number' ? from : Date.parse(from);
  }

  readonly now = (): number => this.at;

  /** A Date field. */
  get date(): string {
    return new Date(this.at).toUTCString();
  }

  /** Runs a daemon up to a moment; time stands where it was stopped. */
  async live(
    stateDirectory: string,
    until: string | number,
    more: Partial<AgentOptions> = {},
  ): Promise<Lived> {
    const end = typeof until === 'number' ? until : Date.parse(until);
    const controller = new AbortController();
    const [events, waits]: [DeviceEvent[], number[]] = [[], []];
    await runAgent({
      stateDirectory,
      spreadSeconds: 0,
      now: this.now,
      signal: controller.signal,
      onEvent: (e) => events.push(e),
      wait: async (seconds, signal) => {
        await this.meanwhile(waits.length);
        if (signal?.aborted === true) return;
        waits.push(seconds);
        this.at = Math.min(end, this.at + seconds * 1000);
        if (this.at === end) controller.abort();
      },
      ...more,
    });
    const isState = (e: DeviceEvent): e is StateEvent => e.event === 'state' && e.state !== 'stopped';
    return { events, waits, states: events.filter(isState) };
  }
}
