import { type SelectQueryBuilder, sql } from 'kysely';
import type { Engine, Tables } from './schema.ts';

interface Count {
  readonly id: number;
  readonly devices: number;
}

/** Two numbers of eight bytes each. */
const countBytes = 16;

/** Of a number of eight bytes, the last six: our ids and counts stay far below 2^48. */
const numberAt = (bytes: Buffer, at: number): number => bytes.readUIntBE(at + 2, 6);

function readCounts(bytes: Buffer): Count[] {
  const counts: Count[] = [];
  for (let at = 0; at < bytes.length; at += countBytes)
    counts.push({ id: numberAt(bytes, at), devices: numberAt(bytes, at + countBytes / 2) });
  return counts;
}

/**
 * Counts, by their ids. PostgreSQL writes them as one value, number after number: to take thousands of small rows out of its
 * protocol, one by one, costs more than to find and to use them.
 */
export async function countsOf<T extends keyof Tables>(
  { name, database }: Engine,
  counts: SelectQueryBuilder<Tables, T, Count>,
): Promise<Count[]> {
  const byId = (found: Count[]): Count[] => found.sort((a, b) => a.id - b.id);
  if (name === 'sqlite') return byId(await counts.execute());
  const { bytes } = await database
    .selectFrom(counts.as('counted'))
    .select(sql<Buffer | null>`string_agg(int8send("id") || int8send("devices"), ''::bytea)`.as('bytes'))
    .executeTakeFirstOrThrow();
  return bytes === null ? [] : byId(readCounts(bytes));
}
