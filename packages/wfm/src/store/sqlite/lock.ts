/** One process owns the embedded database; kill -9 frees it. */
import { existsSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';

/**
 * Takes the lock of a database: a transaction that stays open on a file beside it, which stays empty.
 * @param o.milliseconds how long to wait for whoever has it
 * @throws SqliteError `SQLITE_BUSY` when another process, or another part of this one, has it
 */
export function takeLock(path: string, o: { milliseconds: number }): { release(): void } {
  const holder = new BetterSqlite(`${path}-lock`, { timeout: o.milliseconds });
  try {
    holder.exec('begin exclusive');
  } catch (error) {
    holder.close();
    throw error;
  }
  return { release: () => void holder.close() };
}

/**
 * Looks whether the lock is free, and writes nothing.
 * @throws SqliteError `SQLITE_BUSY`
 */
export function checkLock(path: string, o: { milliseconds: number }): void {
  if (!existsSync(`${path}-lock`)) return;
  const looker = new BetterSqlite(`${path}-lock`, { readonly: true, timeout: o.milliseconds });
  try {
    looker.prepare('select count(*) from sqlite_master').get();
  } finally {
    looker.close();
  }
}
