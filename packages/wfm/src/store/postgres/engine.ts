import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { pipelines } from './pipeline.ts';
import { PreparingClient } from './client.ts';
import type { Engine, Tables } from '../sql/schema.ts';

/** An arbitrary number that names "Muster migrates" among advisory locks. */
const migrationLock = 7_305_114_001;
const int8 = 20;

/** What PostgreSQL counts milliseconds in. */
const longest = 2_147_483_647;

/**
 * Opens a PostgreSQL database, shared by any number of instances.
 * @param o.statementSeconds how long a statement may take, waiting for others included; 0 for as long as it takes
 */
export function openPostgres(url: string, o: { statementSeconds?: number | undefined } = {}): Engine {
  const { statementSeconds = 0 } = o;
  const limit = Math.min(Math.ceil(statementSeconds * 1000), longest);
  const pool = new pg.Pool({
    connectionString: url,
    Client: PreparingClient,
    max: 16,
    pipeline: true,
    connectionTimeoutMillis: 10_000,
    // Not as a parameter of the connection, which a PgBouncer in between would refuse.
    onConnect: async (client) => {
      if (limit > 0) await client.query(`set statement_timeout = ${limit}`);
    },
    // Our times and counters stay far below 2^53; pg would answer them as text.
    types: {
      getTypeParser: ((oid: number, format: 'text' | 'binary') =>
        oid === int8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // An idle connection that the server drops is replaced at the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  const dialect = new PostgresDialect({ pool });
  const database = new Kysely<Tables>({ dialect });
  return {
    name: 'postgres',
    bytes: 'bytea',
    bigint: 'bigint',
    database,
    ...pipelines(database, dialect),
    withMigrationLock: (run) =>
      database.transaction().execute(async (tx) => {
        // An index over a million rows takes as long as it takes, and so does another instance that makes it.
        await sql`set local statement_timeout = 0`.execute(tx);
        await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(tx);
        return run(tx);
      }),
  };
}
