/** What came back, and what it says about when to ask again. */

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Hex SHA-256 of the server's certificate. */
  readonly peerFingerprint: string;
  /** Who has issued the server's certificate, by its own words. */
  readonly peerIssuer: string;
  /** When the server's certificate ends, milliseconds since 1970. */
  readonly peerNotAfter: number;
}

/** The answer's JSON, or undefined when it is none. */
export function answerJson(answer: Answer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Whether a status is about the moment and not about the request: the same request may do later (RFC 9110). */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** However long a server wants to be left alone: a day at a time. */
const longestRetryAfter = 86_400;
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/**
 * Retry-After (RFC 9110 section 10.2.3) in seconds, at most a day, from the header or the problem body. A date is taken
 * by the Date of the same answer, since the clocks of the two may differ.
 * @returns undefined when there is none that can be read
 */
export function retryAfter(
  answer: Pick<Answer, 'headers'>,
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
