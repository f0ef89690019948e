/** What kysely needs to read on one connection of the embedded database and to write on another. */
import type BetterSqlite from 'better-sqlite3';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteDialect,
} from 'kysely';
import { prepareOnce } from './statements.ts';
import type { Writer } from './writer.ts';

interface Parts {
  /** Reads what is committed. */
  readonly reader: BetterSqlite.Database;
  readonly writer: Writer;
  readonly close: () => void;
}

/** Lets in one after the other, in the order in which they came. */
class Turns {
  #last: Promise<void> = Promise.resolve();

  /** @returns once it is this one's turn: the function that ends it */
  take(): Promise<() => void> {
    let end = (): void => undefined;
    const before = this.#last;
    this.#last = new Promise((resolve) => (end = resolve));
    return before.then(() => end);
  }
}

class Connection implements DatabaseConnection {
  readonly #prepare: (text: string) => BetterSqlite.Statement;
  readonly #writer: Writer;
  readonly #turns: Turns;
  #inTransaction = false;
  #endTurn: (() => void) | undefined;

  constructor(o: { prepare: (text: string) => BetterSqlite.Statement; writer: Writer; turns: Turns }) {
    this.#prepare = o.prepare;
    this.#writer = o.writer;
    this.#turns = o.turns;
  }

  async begin(): Promise<void> {
    this.#endTurn = await this.#turns.take();
    this.#writer.begin();
    this.#inTransaction = true;
  }

  /** Whatever became of the transaction, the next one may come. */
  release(): void {
    this.#endTurn?.();
  }

  async executeQuery<R>({ sql: text, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    if (!this.#inTransaction) {
      // What is committed is what the writer sees, unless it is in the middle of something.
      const statement = this.#writer.isInTransaction ? this.#prepare(text) : this.#writer.prepare(text);
      if (statement.readonly) return { rows: statement.all(parameters) as R[] };
      this.#endTurn = await this.#turns.take();
    }
    // Parameters that are lists are as many runs of the statement.
    const runs = Array.isArray(parameters[0]) ? (parameters as unknown[][]) : [parameters];
    const { rows, changes } = this.#writer.run(text, runs);
    return {
      rows: rows as R[],
      ...(changes === undefined ? {} : { numAffectedRows: BigInt(changes) }),
    };
  }

  // eslint-disable-next-line require-yield
  async *streamQuery(): AsyncGenerator<never> {
    throw new Error('nothing here reads in a stream');
  }
}

class EmbeddedDriver implements Driver {
  readonly #parts: Parts;
  readonly #turns = new Turns();
  readonly #prepare: (text: string) => BetterSqlite.Statement;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#prepare = prepareOnce(parts.reader);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Connection> {
    return new Connection({ prepare: this.#prepare, writer: this.#parts.writer, turns: this.#turns });
  }

  beginTransaction(connection: Connection): Promise<void> {
    return connection.begin();
  }

  async commitTransaction(): Promise<void> {
    this.#parts.writer.commit();
  }

  async rollbackTransaction(): Promise<void> {
    this.#parts.writer.rollback();
  }

  async releaseConnection(connection: Connection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    this.#parts.close();
  }
}

class EmbeddedAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Kysely's dialect of SQLite over these two connections. */
export class EmbeddedDialect extends SqliteDialect {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    // What the base class makes of it is replaced below.
    super({ database: () => Promise.reject(new Error('this driver is not used')) });
    this.#parts = parts;
  }

  override createDriver(): Driver {
    return new EmbeddedDriver(this.#parts);
  }

  override createAdapter(): SqliteAdapter {
    return new EmbeddedAdapter();
  }
}
