/** However long a server wants to be left alone: a day at a time. */
const longestRetryAfter = 86_400;
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/**
 * Retry-After (RFC 9110 section 10.2.3) in seconds, at most a day, from the header or the problem body. A date is taken
 * by the Date of the same answer, since the clocks of the two may differ.
 * @returns undefined when there is none that can be read
 */
export function retryAfter(
  answer: { readonly headers: Readonly<Record<string, string>> },
  fromBody: number | undefined,
  nowMilliseconds: number,
): number | undefined {
  const header = answer.headers['retry-after']?.trim();
  const bounded = (seconds: number): number => Math.min(longestRetryAfter, Math.max(0, seconds));
  if (header === undefined) return fromBody === undefined ? undefined : bounded(fromBody);
  if (/^[0-9]+$/.test(header)) return bounded(Number(header));
  const date = httpDate.test(header) ? Date.parse(header) : Number.NaN;
  const stated = Date.parse(answer.headers['date'] ?? '');
  if (Number.isNaN(date)) return undefined;
  return bounded((date - (Number.isNaN(stated) ? nowMilliseconds : stated)) / 1000);
}
