/**
 * Rows on their way between threads. Bytes go as text of one byte a letter: to copy many small buffers would cost more than
 * everything else in a message.
 */
export interface Rows {
  readonly rows: readonly unknown[][];
  /** The columns whose text is bytes. */
  readonly bytes: readonly number[];
}

/**
 * Packs rows, and changes them.
 * @throws Error when a column has both bytes and text, which no column of ours has
 */
export function packRows(rows: readonly unknown[][]): Rows {
  const bytes = new Set<number>();
  for (const row of rows)
    for (const [i, value] of row.entries()) {
      if (!(value instanceof Uint8Array)) continue;
      bytes.add(i);
      row[i] = { text: Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1') };
    }
  for (const column of bytes)
    for (const row of rows) {
      const value = row[column] as { text: string } | string | number | null | undefined;
      if (typeof value === 'object' && value !== null) row[column] = value.text;
      else if (value !== null && value !== undefined)
        throw new Error(`column ${column} has both bytes and ${typeof value}`);
    }
  return { rows, bytes: [...bytes] };
}

/** Reads back what {@link packRows} made. */
export function unpackRows({ rows, bytes }: Rows): readonly unknown[][] {
  for (const column of bytes)
    for (const row of rows) {
      const value = row[column];
      if (typeof value === 'string') row[column] = Buffer.from(value, 'latin1');
    }
  return rows;
}
