/** A failed check from an error of this client. */
import { type Check, fail } from '@muster/protocol';
import { DeviceError } from '../errors.ts';

/** A failure from whatever was thrown. */
export function failed(name: string, error: unknown, fix: string): Check {
  if (error instanceof DeviceError) {
    const seen = error.seen === undefined ? error.message : `${error.message} (${error.seen})`;
    return fail(name, seen, error.nextStep);
  }
  const told = error instanceof Error && 'nextStep' in error ? String(error.nextStep) : fix;
  return fail(name, error instanceof Error ? error.message : String(error), told);
}
