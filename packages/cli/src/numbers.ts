/** Numbers on the command line: what is none is told before anything is asked of anybody. */
import { UsageError } from './exit-codes.ts';

/** Reads a number of days. @throws UsageError */
export function daysOf(text: string | undefined): number | undefined {
  const days = text === undefined ? undefined : Number(text);
  if (days !== undefined && !(days >= 0.01 && days <= 3_650))
    throw new UsageError('The days are no number from 0.01 to 3650.', 'Give --days 30, for example.');
  return days;
}

/** Reads a number of hours. @throws UsageError */
export function hoursOf(text: string): number {
  const hours = Number(text);
  if (hours >= 0.01 && hours <= 8_760) return hours;
  throw new UsageError('The hours are no number from 0.01 to 8760.', 'Give --hours 12, for example.');
}

/** Reads a whole number. @param least the smallest that is taken @param most the largest @throws UsageError */
export function wholeNumber(flag: string, text: string, least = 0, most = Number.POSITIVE_INFINITY): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(
    `--${flag} ${text} is no whole number from ${least} ${most === Number.POSITIVE_INFINITY ? 'on' : `to ${most}`}.`,
    `Give --${flag} ${Math.max(least, 10)}, for example.`,
  );
}

/** Reads a day, which begins in UTC, or a time with its zone. @returns it as ISO 8601 in UTC @throws UsageError */
export function timeOf(flag: string, text: string): string {
  const isWhole = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/i.test(text);
  const at = isWhole ? Date.parse(text) : Number.NaN;
  // A day that no month has would be one of the next month.
  const isInMonth =
    Number(text.slice(8, 10)) <=
    new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  if (Number.isFinite(at) && isInMonth) return new Date(at).toISOString();
  throw new UsageError(
    `--${flag} ${text} is no day or time.`,
    `Give --${flag} 2027-01-31 or --${flag} 2027-01-31T08:00:00Z, for example.`,
  );
}
