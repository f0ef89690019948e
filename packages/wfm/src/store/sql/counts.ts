import { type SelectQueryBuilder, sql } from 'kysely';
import type { Engine, Tables } from './schema.ts';

interface Count {
  readonly id: number;
  readonly devices: number;
}

/**
 * Counts as they are found. PostgreSQL writes them as one text, in order of their ids: to take thousands of small rows out of
 * its protocol, one by one, costs more than to find and to use them.
 */
export async function countsOf<T extends keyof Tables>(
  { name, database }: Engine,
  counts: SelectQueryBuilder<Tables, T, Count>,
): Promise<Count[]> {
  if (name === 'sqlite') return counts.execute();
  const { text } = await database
    .selectFrom(counts.as('counted'))
    .select(sql<string | null>`string_agg("id" || ' ' || "devices", ',' order by "id")`.as('text'))
    .executeTakeFirstOrThrow();
  if (text === null) return [];
  return text.split(',').map((one) => {
    const between = one.indexOf(' ');
    return { id: Number(one.slice(0, between)), devices: Number(one.slice(between + 1)) };
  });
}
