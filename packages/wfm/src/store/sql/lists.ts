/** Lists of any length as one parameter, so that a statement's text stays the same and is prepared once. */
import { CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { Engine, Tables, Tx } from './schema.ts';

/** Rows are locked in the order in which they are written: instances that write the same ones must not wait for each other. */
export function inOneOrder<Value>(byId: ReadonlyMap<string, Value>): Array<[string, Value]> {
  return [...byId].sort(([a], [b]) => (a < b ? -1 : 1));
}

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

/**
 * Stands at the front of a statement whose text never changes and that comes with each report: PostgreSQL reads and plans
 * it once for each connection, which costs more than most of them take to run.
 */
export const prepared = sql`/* prepared */`;

type Columns<T extends keyof Tables> = Readonly<
  Partial<Record<keyof Tables[T] & string, 'text' | 'bigint' | 'bytea'>>
>;
type Rows<T extends keyof Tables> = readonly Readonly<Partial<Record<keyof Tables[T], unknown>>>[];

/** The values of each row on SQLite, where a statement is run once for each; those of each column on PostgreSQL. */
function valuesOf<T extends keyof Tables>(
  { name }: Pick<Engine, 'name'>,
  columns: Columns<T>,
  rows: Rows<T>,
): unknown[][] {
  const names = Object.keys(columns) as (keyof Tables[T] & string)[];
  return name === 'sqlite'
    ? rows.map((row) => names.map((column) => row[column] ?? null))
    : names.map((column) => rows.map((row) => row[column] ?? null));
}

/** All columns as one table, on PostgreSQL. */
const unnested = (columns: Columns<keyof Tables>): string =>
  `unnest(${Object.values(columns)
    .map((type, i) => `$${i + 1}::${type}[]`)
    .join(', ')})`;

const quoted = (columns: object): string[] => Object.keys(columns).map((column) => `"${column}"`);

/**
 * Inserts rows by a statement whose text does not depend on how many there are.
 * @param o.columns what is inserted, with the types of PostgreSQL
 * @param o.end what follows the rows, such as `on conflict do nothing`
 * @returns what the statement returns
 */
export async function insertRows<T extends keyof Tables, R = unknown>(
  engine: Pick<Engine, 'name'>,
  tx: Tx,
  o: { into: T; columns: Columns<T>; rows: Rows<T>; end?: string },
): Promise<R[]> {
  if (o.rows.length === 0) return [];
  const names = quoted(o.columns);
  const from =
    engine.name === 'sqlite'
      ? `values (${names.map(() => '?').join(', ')})`
      : `select * from ${unnested(o.columns)}`;
  const text = `insert /* prepared */ into "${o.into}" (${names.join(', ')}) ${from} ${o.end ?? ''}`;
  const query = CompiledQuery.raw(text, valuesOf(engine, o.columns, o.rows)) as CompiledQuery<R>;
  return (await tx.executeQuery(query)).rows;
}

/** Deletes the rows that have these values, by a statement whose text does not depend on how many there are. */
export async function deleteRows<T extends keyof Tables>(
  engine: Pick<Engine, 'name'>,
  tx: Tx,
  o: { from: T; columns: Columns<T>; rows: Rows<T> },
): Promise<void> {
  if (o.rows.length === 0) return;
  const names = quoted(o.columns);
  const text =
    engine.name === 'sqlite'
      ? `delete from "${o.from}" where ${names.map((name) => `${name} = ?`).join(' and ')}`
      : `delete /* prepared */ from "${o.from}" as "t" using ${unnested(o.columns)} as "gone" (${names.join(', ')})
         where ${names.map((name) => `"t".${name} = "gone".${name}`).join(' and ')}`;
  await tx.executeQuery(CompiledQuery.raw(text, valuesOf(engine, o.columns, o.rows)));
}
