/** Numbers on the command line: what is none is told before anything is asked of anybody. */
import { UsageError } from './exit-codes.ts';

/** Reads a number of days. @throws UsageError */
export function daysOf(text: string | undefined): number | undefined {
  const days = text === undefined ? undefined : Number(text);
  if (days !== undefined && !(days >= 0.01 && days <= 3_650))
    throw new UsageError('The days are no number from 0.01 to 3650.', 'Give --days 30, for example.');
  return days;
}

/** Reads a whole number. @param least the smallest that is taken @throws UsageError */
export function wholeNumber(flag: string, text: string, least = 0): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw new UsageError(
    `--${flag} ${text} is no whole number from ${least} on.`,
    `Give --${flag} ${Math.max(least, 10)}, for example.`,
  );
}
