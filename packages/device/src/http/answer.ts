/** What came back. */

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
