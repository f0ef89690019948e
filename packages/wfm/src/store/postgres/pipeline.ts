/** Statements that do not wait for each other's answers, on one connection; kysely's own way is one after the other. */
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  DummyDriver,
  Kysely,
  type KyselyProps,
  Transaction,
} from 'kysely';
import type { Database, Engine, Tables } from '../sql/schema.ts';
import { Sent } from '../sql/sent.ts';

/**
 * Takes connections of a pool whose connections pipeline: each statement is sent when it is asked for, whether those before
 * it are answered or not, and the server takes them in this order.
 * @param dialect that of `database`
 */
export function pipelines(database: Database, dialect: Dialect): Pick<Engine, 'together' | 'transact'> {
  const pool = database.getExecutor();
  const over = (connection: DatabaseConnection): KyselyProps => ({
    config: { dialect },
    dialect,
    driver: new DummyDriver(),
    executor: pool.withConnectionProvider({ provideConnection: (use) => use(connection) }),
  });
  return {
    together: (ask) => pool.provideConnection((connection) => ask(new Kysely<Tables>(over(connection)))),
    transact: (run) =>
      pool.provideConnection(async (connection) => {
        const ask = (text: string) => connection.executeQuery<{ command: string }>(CompiledQuery.raw(text));
        const sent = new Sent();
        // Fails with its connection only, on which nothing after it would be done either.
        sent.add(ask('begin'));
        try {
          const result = await run(new Transaction<Tables>(over(connection)), sent);
          const committed = ask('commit');
          sent.add(committed);
          // Of several that fail the first is thrown: those behind it only say that it did.
          await sent.all();
          const [end] = (await committed).rows;
          if (end?.command !== 'COMMIT') throw new Error('the database has rolled the transaction back');
          return result;
        } catch (error) {
          await ask('rollback').catch(() => undefined);
          throw error;
        }
      }),
  };
}
