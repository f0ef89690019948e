import BetterSqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import type { Engine, Tables } from '../sql/schema.ts';
import { Sent } from '../sql/sent.ts';
import { EmbeddedDialect } from './dialect.ts';
import { takeLock } from './lock.ts';
import { Writer } from './writer.ts';

function openReader(path: string, lock: { release(): void }): BetterSqlite.Database {
  const reader = new BetterSqlite(path, { timeout: 2_000 });
  try {
    reader.pragma('journal_mode = WAL');
    reader.pragma('query_only = ON');
    return reader;
  } catch (error) {
    reader.close();
    lock.release();
    throw error;
  }
}

/**
 * Opens the embedded database: one connection reads, also while another is in the middle of a transaction, and every commit
 * is on disk before it is answered (synchronous=FULL).
 * @throws SqliteError `SQLITE_BUSY` when another process has it
 */
export function openSqlite(path: string): Engine {
  const lock = takeLock(path, { milliseconds: 2_000 });
  const reader = openReader(path, lock);
  const writer = new Writer(path);
  const close = (): void => {
    writer.close();
    // Whoever closes last takes the log into the database.
    reader.pragma('query_only = OFF');
    reader.close();
    lock.release();
  };
  const database = new Kysely<Tables>({ dialect: new EmbeddedDialect({ reader, writer, close }) });
  return {
    name: 'sqlite',
    bytes: 'blob',
    bigint: 'integer',
    database,
    together: (ask) => ask(database),
    transact: (run) =>
      database.transaction().execute(async (tx) => {
        const sent = new Sent();
        const result = await run(tx, sent);
        await sent.all();
        return result;
      }),
    withMigrationLock: (run) => database.transaction().execute(run),
  };
}
