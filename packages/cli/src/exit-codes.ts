import type { DeviceError } from '@muster/device';
import { OperatorError } from './operator-error.ts';

/** The exit codes that scripts rely on. */
export const exitCodes = { ok: 0, other: 1, usage: 2, refused: 3, trust: 4, unreachable: 5 } as const;

/** A wrong call of the command. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'usage';
  readonly nextStep: string;
  /** What was found, for whoever reads JSON. */
  readonly details: object | undefined;

  constructor(message: string, nextStep: string, details?: object) {
    super(message);
    this.nextStep = nextStep;
    this.details = details;
  }
}

const deviceCodes = {
  usage: 2,
  refused: 3,
  rejected: 3,
  timeout: 3,
  trust: 4,
  unreachable: 5,
  'not-joined': 1,
  state: 1,
  protocol: 1,
  aborted: 1,
} as const;

/** By its name, so that a command that needs neither client nor server loads neither. */
function isDeviceError(error: unknown): error is DeviceError {
  return error instanceof Error && error.name === 'DeviceError';
}

/** The exit code of an error. */
export function exitCodeOf(error: unknown): number {
  if (isDeviceError(error)) return deviceCodes[error.code];
  if (error instanceof OperatorError) return exitCodes[error.kind];
  if (error instanceof UsageError) return exitCodes.usage;
  return error instanceof Error && error.name === 'SettingsError' ? exitCodes.usage : exitCodes.other;
}
