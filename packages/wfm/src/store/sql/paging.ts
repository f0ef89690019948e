import type { Page } from '../ports.ts';

/** A cursor is the sort key of the last row that was given out; opaque to callers. */
export function writeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** @returns the sort key, or undefined when the cursor is none of ours: the listing then starts over */
export function readCursor(cursor: string | undefined, length: number): (string | number)[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(key) && key.length === length ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Cuts a page out of rows that were read one beyond the limit. */
export function page<T>(rows: T[], limit: number, key: (row: T) => readonly (string | number)[]): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? writeCursor(key(last)) : null };
}

/**
 * A LIKE pattern for text found anywhere, wildcards taken literally (escape character `!`).
 * @param keepCase for columns that are not in lower case; PostgreSQL then tells cases apart, SQLite does not
 */
export function contains(text: string, keepCase = false): string {
  return `%${(keepCase ? text : text.toLowerCase()).replace(/[!%_]/g, '!$&')}%`;
}
