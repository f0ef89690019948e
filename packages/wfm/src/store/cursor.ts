/** Cursors of lists: the sort key of the last row that was given out, and the order that it is of; opaque to callers. */

export type SortKey = string | number;

/** A cursor that is not of the list it is given to. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
  readonly code = 'wrong-cursor';
  readonly nextStep = 'Start again without a cursor.';

  constructor() {
    super('This cursor is not of this list in this order.');
  }
}

/** Makes a cursor. @param order what the list is sorted by, so that it cannot continue another order */
export function writeCursor(order: string, key: readonly SortKey[]): string {
  return Buffer.from(JSON.stringify([order, ...key])).toString('base64url');
}

const isKind = (value: unknown, kind: 'number' | 'string'): value is SortKey =>
  kind === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && !value.includes('\0');

/**
 * Reads a cursor.
 * @param kinds of what the key is made of
 * @returns the sort key, or undefined for the first page
 * @throws CursorError
 */
export function readCursor(
  cursor: string | undefined,
  order: string,
  kinds: readonly ('number' | 'string')[],
): SortKey[] | undefined {
  if (cursor === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    throw new CursorError();
  }
  if (!Array.isArray(value) || value.length !== kinds.length + 1 || value[0] !== order)
    throw new CursorError();
  const key: unknown[] = value.slice(1);
  if (!key.every((part, i): part is SortKey => isKind(part, kinds[i] ?? 'string'))) throw new CursorError();
  return key;
}
