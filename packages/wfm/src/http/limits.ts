/** Bounds on every size and time of the device listener. */
export interface Limits {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** TLS handshakes in progress. */
  readonly handshakes: number;
  readonly handshakeMilliseconds: number;
  /** For how long a handshake keeps its place when there are too many; an honest peer needs one or two round trips. */
  readonly handshakeGraceMilliseconds: number;
  readonly headersMilliseconds: number;
  readonly requestMilliseconds: number;
  readonly keepAliveMilliseconds: number;
  readonly connections: number;
  /** Requests that wait for their signature or the database, held ones included. */
  readonly requestsInProgress: number;
  readonly heldRequests: number;
  readonly pendingEnrollments: number;
}

export const defaultLimits: Limits = {
  bodyBytes: 262_144,
  headerBytes: 16_384,
  handshakes: 1_000,
  handshakeMilliseconds: 10_000,
  handshakeGraceMilliseconds: 1_000,
  headersMilliseconds: 10_000,
  requestMilliseconds: 20_000,
  keepAliveMilliseconds: 75_000,
  connections: 10_000,
  requestsInProgress: 2_000,
  heldRequests: 1_000,
  pendingEnrollments: 100_000,
};
