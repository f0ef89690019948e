import BetterSqlite from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely';
import type { Engine, Tables } from '../sql/schema.ts';

/** Enough for every statement this program has, several times over. */
const preparedStatements = 500;

/** Prepares each statement once: preparing costs more than most of them take to run. */
function withPreparedStatements(raw: BetterSqlite.Database): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => void raw.close(),
    prepare(text) {
      let statement = prepared.get(text);
      if (statement === undefined) {
        if (prepared.size >= preparedStatements) prepared.clear();
        statement = raw.prepare(text) as unknown as SqliteStatement;
        prepared.set(text, statement);
      }
      return statement;
    },
  };
}

/** Takes the write lock when a transaction begins: a lock upgraded later can fail without waiting. */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class ImmediateDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    super({ database });
    this.#database = database;
  }

  override createDriver(): Driver {
    return new ImmediateDriver({ database: this.#database });
  }
}

/** Opens the embedded database; every commit is on disk before it returns (synchronous=FULL). */
export function openSqlite(path: string): Engine {
  const raw = new BetterSqlite(path, { timeout: 2_000 });
  // One process owns the file: a second one is refused, and kill -9 frees it.
  raw.pragma('locking_mode = EXCLUSIVE');
  raw.pragma('journal_mode = WAL');
  raw.pragma('synchronous = FULL');
  raw.pragma('foreign_keys = ON');
  const database = new Kysely<Tables>({ dialect: new ImmediateDialect(withPreparedStatements(raw)) });
  return {
    name: 'sqlite',
    bytes: 'blob',
    bigint: 'integer',
    database,
    withMigrationLock: (run) => database.transaction().execute(run),
  };
}
