/** The check of a client that is a function. */
import {
  checkClient,
  type ClientCheckOptions,
  type ClientReport,
  type Ready,
} from '../../src/device/client.ts';
import { type SceneName, sceneNames } from '../../src/device/scenes.ts';
import type { Outcome } from '../../src/report.ts';

export interface CheckedClient {
  readonly report: ClientReport;
  readonly outcomes: readonly Outcome[];
  /** The ids of what has failed. */
  readonly failed: readonly string[];
}

export const allScenes: ReadonlySet<SceneName> = new Set(sceneNames);

/** Plays to a client until the end. @param run stops when its signal aborts */
export async function checkWith(
  run: (ready: Ready, signal: AbortSignal) => Promise<unknown>,
  change: Partial<ClientCheckOptions> = {},
): Promise<CheckedClient> {
  const outcomes: Outcome[] = [];
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  const report = await checkClient({
    listen: { host: 'localhost', port: 0 },
    scenes: new Set(),
    waitSeconds: 20,
    retryAfterSeconds: 1,
    lingerSeconds: 0.3,
    onWaiting: () => undefined,
    ...change,
    onReady: (ready) => {
      running = run(ready, stop.signal).catch(() => undefined);
    },
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  stop.abort();
  await running;
  return {
    report,
    outcomes,
    failed: outcomes.filter((o) => o.result === 'fail').map((o) => o.check.id),
  };
}

/** What has failed, with what was seen. */
export const tellFailed = ({ outcomes }: CheckedClient): string[] =>
  outcomes.filter((o) => o.result === 'fail').map((o) => `${o.check.id}: ${o.seen}`);
