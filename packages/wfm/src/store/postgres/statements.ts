import { createHash } from 'node:crypto';
import type pg from 'pg';

/** Enough for every question this program asks; a list written out in a statement makes a new text for each length. */
const mostPrepared = 300;

/** A statement is named by its text, so that it is the same for all connections. */
const nameOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 32);

/**
 * Makes a connection parse and plan each question once, which costs as much as answering most of them.
 * @param prepared the names that this connection knows
 */
export function prepareOnce(client: pg.PoolClient, names: Map<string, string>): void {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown;
  const named = (text: unknown, values: unknown, ...rest: unknown[]): unknown => {
    if (typeof text !== 'string' || !Array.isArray(values) || !text.startsWith('select'))
      return query(text, values, ...rest);
    let name = names.get(text);
    if (name === undefined) {
      if (names.size >= mostPrepared) return query(text, values, ...rest);
      names.set(text, (name = nameOf(text)));
    }
    return query({ name, text, values }, ...rest);
  };
  client.query = named as typeof client.query;
}
