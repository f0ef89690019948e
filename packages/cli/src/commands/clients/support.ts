import type { Command } from 'commander';
import { OperatorError } from '../../operator-error.ts';

/** A value as a cell. */
export const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '–' : JSON.stringify(value);

/** True for the 404 of the operator API. */
export const isMissing = (error: unknown): boolean => error instanceof OperatorError && error.status === 404;

/** The argument by which operators name a client or request. */
export const idArgument = (c: Command): Command =>
  c.argument('<id>', 'clientId, request id, or the beginning of a fingerprint');
