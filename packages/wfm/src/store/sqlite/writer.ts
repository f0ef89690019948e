/** The connection that writes. */
import BetterSqlite from 'better-sqlite3';
import { prepareOnce } from './statements.ts';

/** Pages of the log before they move into the database: each such move waits for the disk twice. */
const checkpointPages = 8_000;

interface Result {
  readonly rows: readonly unknown[];
  /** Rows changed; undefined for a statement that answers with rows. */
  readonly changes: number | undefined;
}

/**
 * Runs statements on the connection that writes. It stands in the thread that asks: in one of its own, each statement was
 * two messages, which took longer than the statement and the waiting for the disk that they would have hidden.
 */
export class Writer {
  readonly #raw: BetterSqlite.Database;
  readonly #prepare: (text: string) => BetterSqlite.Statement;

  /** @param path of a database that exists */
  constructor(path: string) {
    this.#raw = new BetterSqlite(path, { timeout: 2_000 });
    this.#raw.pragma('synchronous = FULL');
    this.#raw.pragma('foreign_keys = ON');
    this.#raw.pragma(`wal_autocheckpoint = ${checkpointPages}`);
    this.#prepare = prepareOnce(this.#raw);
  }

  get isInTransaction(): boolean {
    return this.#raw.inTransaction;
  }

  /**
   * Prepares a statement of the connection that writes: its pages stay in memory over a commit, which those of another
   * connection do not.
   */
  prepare(text: string): BetterSqlite.Statement {
    return this.#prepare(text);
  }

  /** Opens a transaction, with the write lock at once: a lock upgraded later can fail without waiting. */
  begin(): void {
    this.#prepare('begin immediate').run();
  }

  commit(): void {
    this.#prepare('commit').run();
  }

  /** SQLite may have rolled back by itself, as on a full disk. */
  rollback(): void {
    if (this.#raw.inTransaction) this.#prepare('rollback').run();
  }

  /**
   * @param runs the parameters of each run
   * @throws SqliteError
   */
  run(text: string, runs: readonly (readonly unknown[])[]): Result {
    const statement = this.#prepare(text);
    if (statement.reader)
      return { rows: runs.flatMap((parameters) => statement.all(parameters)), changes: undefined };
    let changes = 0;
    for (const parameters of runs) changes += statement.run(parameters).changes;
    return { rows: [], changes };
  }

  close(): void {
    this.#raw.close();
  }
}
