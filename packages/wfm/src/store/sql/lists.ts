/** Lists of any length as one parameter, so that a statement's text stays the same and is prepared once. */
import { type RawBuilder, sql } from 'kysely';
import type { Engine } from './schema.ts';

/** `column` is one of `values`. */
export function among(
  { name }: Pick<Engine, 'name'>,
  column: string,
  values: readonly (number | string)[],
): RawBuilder<boolean> {
  return name === 'sqlite'
    ? sql<boolean>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`
    : sql<boolean>`${sql.ref(column)} = any(${values})`;
}

/** The pair of `columns` is one of `keys`. */
export function amongPairs(
  { name }: Pick<Engine, 'name'>,
  columns: readonly [string, string],
  keys: readonly (readonly [string, string])[],
): RawBuilder<boolean> {
  const pair = sql`(${sql.ref(columns[0])}, ${sql.ref(columns[1])})`;
  if (name === 'sqlite')
    return sql<boolean>`${pair} in (select value ->> 0, value ->> 1 from json_each(${JSON.stringify(keys)}))`;
  const [first, second] = [keys.map((k) => k[0]), keys.map((k) => k[1])];
  return sql<boolean>`${pair} in (select * from unnest(${first}::text[], ${second}::text[]))`;
}
