import { UsageError } from './exit-codes.ts';

/** Reads a number of days. @throws UsageError */
export function daysOf(text: string | undefined): number | undefined {
  const days = text === undefined ? undefined : Number(text);
  if (days !== undefined && !(days >= 0.01 && days <= 3_650))
    throw new UsageError('The days are no number from 0.01 to 3650.', 'Give --days 30, for example.');
  return days;
}
