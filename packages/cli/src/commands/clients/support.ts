import type { Command } from 'commander';
import type { Common } from '../../command.ts';
import { type OperatorClient, OperatorError } from '../../operator-client.ts';
import { json, tick } from '../../ui.ts';

export type Row = Record<string, unknown>;

/** A value as a cell. */
export const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '–' : JSON.stringify(value);

/** True for the 404 of the operator API. */
export const isMissing = (error: unknown): boolean => error instanceof OperatorError && error.status === 404;

/** The argument by which operators name a client or request. */
export const idArgument = (c: Command): Command =>
  c.argument('<id>', 'clientId, request id, or the beginning of a fingerprint');

/** Posts one action and says that it is done. */
export async function act(
  client: OperatorClient,
  path: string,
  done: string,
  options: Common,
  body?: unknown,
): Promise<void> {
  const row = await client.call('POST', path, body);
  if (options.json === true) json(row);
  else tick(done, text(row['clientId'] ?? row['fingerprint']));
}
