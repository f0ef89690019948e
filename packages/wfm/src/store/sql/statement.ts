/** Statements that are built once: for a read by key, building the text costs several times what running it does. */
import type { Compilable, CompiledQuery } from 'kysely';
import type { Database, Tx } from './schema.ts';

/** Stands for a value while a statement is built. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A statement whose text depends on nothing but which values it is given, for those that come with each onboarding or question.
 * @param build makes the statement; whatever it takes from `values` is only passed on, never looked at
 * @returns runs it with values, in a transaction or outside, and answers with its rows
 */
export function statement<V extends object, R>(
  build: (on: Database, values: V) => Compilable<R>,
): (on: Database | Tx, values: V) => Promise<R[]> {
  // One text for each kind of database and set of values; a second kind comes up in tests only.
  const built = new WeakMap<object, Map<string, CompiledQuery<R>>>();
  return async (on, values) => {
    const { adapter } = on.getExecutor();
    const names = Object.keys(values);
    const given = names.join();
    let texts = built.get(adapter);
    if (texts === undefined) built.set(adapter, (texts = new Map<string, CompiledQuery<R>>()));
    let query = texts.get(given);
    if (query === undefined) {
      const slots = Object.fromEntries(names.map((name) => [name, new Slot(name)])) as V;
      const made = build(on, slots).compile();
      // PostgreSQL keeps what is marked, under a name.
      query = { ...made, sql: made.sql.replace(/^\w+/, '$& /* prepared */') };
      texts.set(given, query);
    }
    const parameters = query.parameters.map((p) => (p instanceof Slot ? values[p.name as keyof V] : p));
    return (await on.executeQuery<R>({ ...query, parameters })).rows;
  };
}
