/** What a check of the doctor says. */
import { DeviceError } from '../errors.ts';

export interface Check {
  readonly name: string;
  /** `skip`: could not be looked at, because of an earlier failure or because there is nothing to look at. */
  readonly result: 'pass' | 'warn' | 'fail' | 'skip';
  readonly seen: string;
  /** What to do; absent where all is well. */
  readonly fix?: string;
}

export const pass = (name: string, seen: string): Check => ({ name, result: 'pass', seen });
export const skip = (name: string, seen: string): Check => ({ name, result: 'skip', seen });
export const warn = (name: string, seen: string, fix: string): Check => ({ name, result: 'warn', seen, fix });
export const fail = (name: string, seen: string, fix: string): Check => ({ name, result: 'fail', seen, fix });

/** A failure from whatever was thrown. */
export function failed(name: string, error: unknown, fix: string): Check {
  if (error instanceof DeviceError) {
    const seen = error.seen === undefined ? error.message : `${error.message} (${error.seen})`;
    return fail(name, seen, error.nextStep);
  }
  const told = error instanceof Error && 'nextStep' in error ? String(error.nextStep) : fix;
  return fail(name, error instanceof Error ? error.message : String(error), told);
}
