export type DeviceErrorCode =
  | 'usage'
  | 'refused'
  | 'rejected'
  | 'trust'
  | 'unreachable'
  | 'state'
  | 'protocol'
  | 'timeout'
  | 'not-joined'
  | 'aborted';

/** Anything that keeps the client from its work: what was seen, what was expected, what to do next. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
  readonly code: DeviceErrorCode;
  readonly seen: string | undefined;
  readonly expected: string | undefined;
  readonly nextStep: string;
  /** The WFM knows this client and has blocked it. */
  readonly isBlocked: boolean;

  constructor(
    code: DeviceErrorCode,
    message: string,
    detail: { seen?: string; expected?: string; nextStep: string; cause?: unknown; isBlocked?: boolean },
  ) {
    super(message, { cause: detail.cause });
    this.code = code;
    this.seen = detail.seen;
    this.expected = detail.expected;
    this.nextStep = detail.nextStep;
    this.isBlocked = detail.isBlocked ?? false;
  }
}
