/** The database as the doctor sees it; nothing is migrated and nothing written. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Check, fail, pass, skip, warn } from '@muster/protocol';
import { knownMigrations } from '../store/sql/migrations/migrate.ts';

const slowAnswer = 50;

/** What has been done to the schema, against what this software knows. */
function schemaCheck(done: readonly number[], isRunning: boolean): Check {
  const unknown = done.filter((number) => !knownMigrations.includes(number));
  if (unknown.length > 0)
    return fail(
      'schema',
      `changed by a newer version (${unknown.join(', ')})`,
      'Run that version, or restore the backup that was made before it.',
    );
  const missing = knownMigrations.filter((number) => !done.includes(number));
  if (missing.length === 0) return pass('schema', `up to date, ${done.length} changes`);
  const seen = `${missing.length} of ${knownMigrations.length} changes are still to be made`;
  return isRunning
    ? fail('schema', seen, 'Name the database that this WFM uses: --database, or --config FILE')
    : warn('schema', seen, 'Make a backup; the next start makes them.');
}

async function postgresChecks(url: string, isRunning: boolean): Promise<Check[]> {
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
    const { rows: tables } = await client.query(`select 1 where to_regclass('migrations') is not null`);
    const done =
      tables.length === 0
        ? []
        : (await client.query<{ number: number }>('select number from migrations')).rows;
    return [
      took > slowAnswer
        ? warn('database', seen, 'Bring the database and the WFM closer together.')
        : pass('database', seen),
      schemaCheck(
        done.map((row) => Number(row.number)),
        isRunning,
      ),
    ];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function sqliteChecks(path: string): Promise<Check[]> {
  if ((await stat(path).catch(() => null)) === null)
    return [skip('database', 'none yet; a first start makes it')];
  const { default: Sqlite } = await import('better-sqlite3');
  const { checkLock } = await import('../store/sqlite/lock.ts');
  checkLock(path, { milliseconds: 1_000 });
  const db = new Sqlite(path, { readonly: true, timeout: 1_000 });
  try {
    const found = String(db.pragma('quick_check(1)', { simple: true }));
    if (found !== 'ok') return [fail('database', found, 'Restore the database from a backup.')];
    const done = db.prepare<[], { number: number }>('select number from migrations').all();
    return [
      pass('database', `SQLite at ${path} is whole`),
      schemaCheck(
        done.map((row) => row.number),
        false,
      ),
    ];
  } finally {
    db.close();
  }
}

/**
 * Looks at the database of a WFM.
 * @param o.isRunning the WFM answers its operators; it holds the embedded database for itself then
 */
export async function databaseChecks(o: {
  data: string;
  database: string | null;
  isRunning: boolean;
}): Promise<Check[]> {
  const embedded = o.database === null || o.database.startsWith('sqlite:');
  if (embedded && o.isRunning)
    return [pass('database', 'SQLite, held by the running WFM, which has brought its schema up to date')];
  try {
    return embedded
      ? await sqliteChecks(o.database?.slice('sqlite:'.length) ?? join(o.data, 'muster.db'))
      : await postgresChecks(o.database ?? '', o.isRunning);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'SQLITE_BUSY')
      return [fail('database', 'held by a process that does not answer its operators', 'End that process.')];
    // The message of a driver may hold the password of the address.
    return [
      fail('database', code === '' ? 'no connection' : code, 'Check --database, and that the server runs.'),
    ];
  }
}
