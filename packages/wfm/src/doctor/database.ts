/** The database as the doctor sees it; nothing is migrated and nothing written. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, fail, pass, skip, warn } from '@muster/protocol';

const slowAnswer = 50;

async function postgresCheck(url: string): Promise<Check> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const began = performance.now();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    const took = performance.now() - began;
    const seen = `PostgreSQL ${rows[0]?.server_version ?? ''}, answers in ${took.toFixed(1)} ms`;
    return took > slowAnswer
      ? warn('database', seen, 'Bring the database and the WFM closer together.')
      : pass('database', seen);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function sqliteCheck(path: string): Promise<Check> {
  if ((await stat(path).catch(() => null)) === null)
    return skip('database', 'none yet; a first start makes it');
  const { default: Sqlite } = await import('better-sqlite3');
  const { checkLock } = await import('../store/sqlite/lock.ts');
  checkLock(path, { milliseconds: 1_000 });
  const db = new Sqlite(path, { readonly: true, timeout: 1_000 });
  try {
    const found = String(db.pragma('quick_check(1)', { simple: true }));
    return found === 'ok'
      ? pass('database', `SQLite at ${path} is whole`)
      : fail('database', found, 'Restore the database from a backup.');
  } finally {
    db.close();
  }
}

/**
 * Looks at the database of a WFM.
 * @param o.isRunning the WFM answers its operators; it holds the embedded database for itself then
 */
export async function databaseCheck(o: {
  data: string;
  database: string | null;
  isRunning: boolean;
}): Promise<Check> {
  const embedded = o.database === null || o.database.startsWith('sqlite:');
  if (embedded && o.isRunning) return pass('database', 'SQLite, held by the running WFM');
  try {
    return embedded
      ? await sqliteCheck(o.database?.slice('sqlite:'.length) ?? join(o.data, 'muster.db'))
      : await postgresCheck(o.database ?? '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'SQLITE_BUSY')
      return fail('database', 'held by a process that does not answer its operators', 'End that process.');
    // The message of a driver may hold the password of the address.
    return fail(
      'database',
      code === '' ? 'no connection' : code,
      'Check --database, and that the server runs.',
    );
  }
}
