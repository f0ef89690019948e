/** What a device without a trustworthy clock may believe, and what not. Pure; times are milliseconds since 1970. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** No moment before this is real: the oldest Node.js that runs this software was released then. */
export const softwareDate = Date.parse('2025-08-01T00:00:00Z');

/** How far two honest clocks may be apart when one of them set the lower bound. */
const slack = hour;
/** A local clock further than this after the lower bound is not believed against a certificate. */
const implausiblyLate = 5 * year;

export type LocalClock = 'plausible' | 'too-early' | 'too-late';

/**
 * What the local clock is worth.
 * @param lowerBound a moment that has certainly passed
 */
export function judgeLocalClock(local: number, lowerBound: number): LocalClock {
  if (local < lowerBound - slack) return 'too-early';
  return local > lowerBound + implausiblyLate ? 'too-late' : 'plausible';
}

interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

type StatedTime =
  | { readonly verdict: 'believed'; readonly time: number }
  /** Expired before a moment that has certainly passed: no clock can make this right. */
  | { readonly verdict: 'expired-for-good'; readonly at: number }
  | { readonly verdict: 'before-bound' | 'outside-validity' | 'no-time' };

/**
 * Judges the time that a server states in its Date field (RFC 9110 section 6.6.1), for a device whose own clock is impossible.
 * @param chain the validity of each certificate of the verified path, its root included
 */
export function judgeStatedTime(o: {
  readonly date: string | undefined;
  readonly lowerBound: number;
  readonly chain: readonly Validity[];
}): StatedTime {
  const end = Math.min(...o.chain.map((c) => c.notAfter.getTime()));
  if (end < o.lowerBound - slack) return { verdict: 'expired-for-good', at: end };
  const time = Date.parse(o.date ?? '');
  if (Number.isNaN(time)) return { verdict: 'no-time' };
  if (time < o.lowerBound - slack) return { verdict: 'before-bound' };
  const isWithin = o.chain.every((c) => time >= c.notBefore.getTime() && time <= c.notAfter.getTime());
  return isWithin ? { verdict: 'believed', time } : { verdict: 'outside-validity' };
}

/**
 * Where the lower bound belongs after an authenticated answer: forward by a day or more, or not at all. A stated time
 * counts when the local clock agrees, or is impossible and so no witness; a WFM with a wrong clock then cannot move the
 * bound of devices whose clock is right.
 * @param stated the Date of an answer over authenticated TLS
 * @param notAfter the end of the server certificate: beyond it nobody vouches for the stated time
 */
export function nextLowerBound(o: {
  readonly lowerBound: number;
  readonly local: number;
  readonly stated: number;
  readonly notAfter: number;
}): number {
  const isWitness = judgeLocalClock(o.local, o.lowerBound) === 'plausible';
  if (Number.isNaN(o.stated) || (isWitness && Math.abs(o.stated - o.local) > day)) return o.lowerBound;
  const reached = Math.min(o.stated, o.notAfter);
  return reached >= o.lowerBound + day ? reached : o.lowerBound;
}

/**
 * From when to when a certificate of the device's own making is valid. It begins a day before the lower bound, which is past
 * for everybody, whatever the local clock says; so no WFM finds it not valid yet.
 * @param best the best time known
 */
export function ownValidity(o: { readonly lowerBound: number; readonly best: number }): {
  notBefore: Date;
  days: number;
} {
  const from = Math.min(Math.max(o.best, o.lowerBound), o.lowerBound + implausiblyLate);
  return { notBefore: new Date(o.lowerBound - day), days: Math.ceil((from - o.lowerBound) / day) + 3651 };
}

/**
 * Whether a certificate of the device's own making came from an impossible clock, so that no WFM has ever taken it.
 * @param trusted the time by an authenticated WFM, null before there was one
 */
export function isOfWrongClock(own: Validity, lowerBound: number, trusted: number | null): boolean {
  if (own.notAfter.getTime() < softwareDate) return true;
  const begins = own.notBefore.getTime();
  return trusted === null ? begins > lowerBound + implausiblyLate : begins > trusted;
}
