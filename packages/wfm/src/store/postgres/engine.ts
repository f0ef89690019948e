import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { prepareOnce } from './statements.ts';
import type { Engine, Tables } from '../sql/schema.ts';

/** An arbitrary number that names "Muster migrates" among advisory locks. */
const migrationLock = 7_305_114_001;
const int8 = 20;

/** Opens a PostgreSQL database, shared by any number of instances. */
export function openPostgres(url: string): Engine {
  const pool = new pg.Pool({
    connectionString: url,
    max: 16,
    connectionTimeoutMillis: 10_000,
    // Our times and counters stay far below 2^53; pg would answer them as text.
    types: {
      getTypeParser: ((oid: number, format: 'text' | 'binary') =>
        oid === int8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // An idle connection that the server drops is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  const names = new Map<string, string>();
  pool.on('connect', (client) => prepareOnce(client, names));
  const database = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    name: 'postgres',
    bytes: 'bytea',
    bigint: 'bigint',
    database,
    withMigrationLock: (run) =>
      database.transaction().execute(async (tx) => {
        await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(tx);
        return run(tx);
      }),
  };
}
