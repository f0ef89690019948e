/** Waiting, in one place: a test that passes its own has days go by in a moment. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after so many seconds, or when the signal aborts; never rejects. */
export type Wait = (seconds: number, signal?: AbortSignal) => Promise<void>;

/** Timers end at 2^31 milliseconds. */
const longestTimer = 2_147_000_000;

/** Waits by the timers of this machine. */
export const waitForReal: Wait = async (seconds, signal) => {
  await sleep(Math.min(seconds * 1000, longestTimer), undefined, { signal }).catch(() => undefined);
};
