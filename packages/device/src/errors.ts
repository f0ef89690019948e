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
  /** What the WFM has made of this client, when it says so. */
  readonly standing: 'blocked' | 'retired' | undefined;
  /** When the WFM wants to be asked again, in seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: DeviceErrorCode,
    message: string,
    detail: {
      seen?: string;
      expected?: string;
      nextStep: string;
      cause?: unknown;
      standing?: 'blocked' | 'retired' | undefined;
      retryAfterSeconds?: number | undefined;
    },
  ) {
    super(message, { cause: detail.cause });
    this.code = code;
    this.seen = detail.seen;
    this.expected = detail.expected;
    this.nextStep = detail.nextStep;
    this.standing = detail.standing;
    this.retryAfterSeconds = detail.retryAfterSeconds;
  }
}

/** What a caller gets that has aborted its signal. */
export const stopped = (cause?: unknown): DeviceError =>
  new DeviceError('aborted', 'Stopped.', { nextStep: 'Run it again.', cause });

/** @throws DeviceError `aborted` when the signal is */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw stopped(signal.reason);
}

/** What the disk refuses, such as a full or read-only file system, by name. @returns the error, named when it is one of these */
export function namedFileError(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error) || error instanceof DeviceError)
    return error;
  const isNoFolder = error.code === 'ENOTDIR' || error.code === 'EEXIST';
  return new DeviceError('state', 'The state folder cannot be used.', {
    seen: error.message.slice(0, 200),
    expected: 'a folder that can be read and written',
    nextStep: isNoFolder
      ? 'Name a folder: --state DIR'
      : 'Make room, or mount it writable; nothing that was there is lost.',
    cause: error,
  });
}
