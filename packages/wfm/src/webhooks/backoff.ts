const longestMilliseconds = 300_000;

/**
 * When to try again: twice as long after each failure, at most five minutes, less a random part of up to a half, so that
 * receivers are not asked by all at once; or later, when the receiver has said so (at most a day).
 * @param o.tries how often it was tried so far, from 1
 * @param o.random from 0 to 1
 * @returns milliseconds to wait
 */
export function waitBeforeRetry(o: {
  tries: number;
  firstMilliseconds: number;
  retryAfterSeconds: number | null;
  random: number;
}): number {
  const full = Math.min(longestMilliseconds, o.firstMilliseconds * 2 ** (o.tries - 1));
  const asked = Math.min(86_400, o.retryAfterSeconds ?? 0) * 1000;
  return Math.max(asked, Math.round(full * (1 - o.random / 2)));
}

/** Seconds of a Retry-After field (RFC 9110 section 10.2.3). @returns null when it is missing or says nothing */
export function readRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isFinite(date) ? Math.max(0, Math.ceil((date - now) / 1000)) : null;
}
