import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { readCursor, type SortKey, writeCursor } from '../cursor.ts';
import type { Page, PageRequest } from '../ports/paging.ts';
import type { Engine, Tables } from './schema.ts';

/** Something to sort by. */
interface Column {
  readonly by: RawBuilder<SortKey>;
  readonly kind: 'number' | 'string';
  /** No two rows have the same: no id is needed beside it. */
  readonly isUnique?: boolean;
}

/** A column of numbers. */
export const numbers = (name: string): Column => ({ by: sql<number>`${sql.ref(name)}`, kind: 'number' });

/** A column of numbers or nothing; nothing is the smallest. */
export const numbersOrNone = (name: string): Column => ({
  by: sql<number>`coalesce(${sql.ref(name)}, 0)`,
  kind: 'number',
});

/** A column of short names. */
export const names = (name: string): Column => ({ by: sql<string>`${sql.ref(name)}`, kind: 'string' });

/** A column of texts of any length: sorted by their beginning, byte by byte on both databases, so that a cursor stays short. */
export const texts = ({ name }: Pick<Engine, 'name'>, column: string): Column => ({
  by: sql<string>`substr(${sql.ref(column)}, 1, 200)${sql.raw(name === 'postgres' ? ' collate "C"' : '')}`,
  kind: 'string',
});

/** The orders of a list: by one column, and by an id where that is equal. The first one is meant when none is asked for. */
export class Keyset<Sort extends string> {
  readonly #id: string;
  readonly #columns: Readonly<Record<string, Column>>;
  readonly #first: string;

  constructor(id: string, columns: Readonly<Record<Sort, Column>>) {
    this.#id = id;
    this.#columns = columns;
    this.#first = Object.keys(columns)[0] ?? id;
  }

  #order(sort: string | undefined): { column: Column; order: string; isDescending: boolean } {
    const order = sort ?? this.#first;
    const column = this.#columns[order.replace(/^-/, '')];
    if (column === undefined) throw new Error(`there is no order ${order}`);
    return { column, order, isDescending: order.startsWith('-') };
  }

  /** The rows of a page and one more, each with its sort key. @throws CursorError */
  rows<TB extends keyof Tables, O>(
    query: SelectQueryBuilder<Tables, TB, O>,
    { limit, cursor, sort }: PageRequest<Sort>,
  ): SelectQueryBuilder<Tables, TB, O & { sortKey: SortKey }> {
    const { column, order, isDescending } = this.#order(sort);
    const { by, kind, isUnique = false } = column;
    const after = readCursor(cursor, order, isUnique ? [kind] : [kind, 'string']);
    const direction = isDescending ? 'desc' : 'asc';
    const beyond = sql.raw(isDescending ? '<' : '>');
    const id = sql.ref(this.#id);
    let sorted = query.orderBy(by, direction);
    if (!isUnique) sorted = sorted.orderBy(id, direction);
    if (after !== undefined)
      sorted = sorted.where(
        isUnique
          ? sql<boolean>`${by} ${beyond} ${after[0]}`
          : // SQLite takes an index on an expression for the plain comparison only.
            sql<boolean>`(${by} ${beyond}= ${after[0]} and (${by}, ${id}) ${beyond} (${after[0]}, ${after[1]}))`,
      );
    return sorted.select(by.as('sortKey')).limit(limit + 1) as SelectQueryBuilder<
      Tables,
      TB,
      O & { sortKey: SortKey }
    >;
  }

  /** Cuts the page out of rows that were read one beyond the limit. */
  page<Row extends { sortKey: SortKey }>(
    found: readonly Row[],
    { limit, sort }: PageRequest<Sort>,
  ): Page<Omit<Row, 'sortKey'>> {
    const { column, order } = this.#order(sort);
    const last = found.length > limit ? found[limit - 1] : undefined;
    const items = found.slice(0, limit).map(({ sortKey: _key, ...row }) => row);
    if (last === undefined) return { items, nextCursor: null };
    const id = (last as Record<string, unknown>)[this.#id];
    const key = column.isUnique === true ? [last.sortKey] : [last.sortKey, String(id)];
    return { items, nextCursor: writeCursor(order, key) };
  }
}
