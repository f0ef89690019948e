/** What a daemon can be told, and what it does unless it is. */
import type { OnEvent } from '../events.ts';
import type { Wait } from '../schedule/wait.ts';
import type { DowntimeWindow } from '../schedule/windows.ts';
import type { AgentTimes } from './state.ts';

export interface AgentOptions extends Partial<AgentTimes> {
  readonly stateDirectory: string;
  readonly capabilitiesFile?: string | undefined;
  /** A gateway's inventory, watched: a YAML file, or a directory with one file per child. */
  readonly inventory?: string | undefined;
  readonly downtime?: readonly DowntimeWindow[] | undefined;
  /** When this device looks for work at all; always, when there is none. */
  readonly pollWindows?: readonly DowntimeWindow[] | undefined;
  /** Over how long the devices of a plant spread their first request after a power cut or a window, in seconds. */
  readonly spreadSeconds?: number | undefined;
  /** Whether the WFM may send this device to another one: default `direct`, unless a proxy that inspects TLS is trusted. */
  readonly acceptRebind?: 'direct' | 'always' | 'never' | undefined;
  /** Gives up an ordered move after so many seconds; default a day. */
  readonly rebindTimeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: OnEvent | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
  /** How this daemon waits; by the timers of this machine, unless said otherwise. */
  readonly wait?: Wait | undefined;
  /** For how long the machine has been running, in seconds; by its own word, unless said otherwise. */
  readonly uptime?: (() => number) | undefined;
}

const defaults: AgentTimes = { pollSeconds: 60, heartbeatSeconds: 21_600, slowRetrySeconds: 3_600 };

/** The times of a daemon. */
export const timesOf = (o: AgentOptions): AgentTimes => ({
  pollSeconds: o.pollSeconds ?? defaults.pollSeconds,
  heartbeatSeconds: o.heartbeatSeconds ?? defaults.heartbeatSeconds,
  slowRetrySeconds: o.slowRetrySeconds ?? defaults.slowRetrySeconds,
});
