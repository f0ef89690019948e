/** Transactions whose statements do not wait for each other. */
import { CompiledQuery, type Dialect, DummyDriver, Transaction } from 'kysely';
import type { Database, Engine, Tables } from '../sql/schema.ts';
import { Sent } from '../sql/sent.ts';

/**
 * Runs transactions on a connection that sends each statement when it is asked for, whether those before it are answered or
 * not; the server takes them in this order. kysely's own transactions send one after the answer of the other.
 * @param dialect that of `database`, whose connections must pipeline
 */
export function pipelined(database: Database, dialect: Dialect): Engine['transact'] {
  const pool = database.getExecutor();
  const props = { config: { dialect }, dialect, driver: new DummyDriver() };
  return (run) =>
    pool.provideConnection(async (connection) => {
      const ask = (text: string) => connection.executeQuery<{ command: string }>(CompiledQuery.raw(text));
      const executor = pool.withConnectionProvider({ provideConnection: (use) => use(connection) });
      const sent = new Sent();
      // Fails with its connection only, on which nothing after it would be done either.
      sent.add(ask('begin'));
      try {
        const result = await run(new Transaction<Tables>({ ...props, executor }), sent);
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
    });
}
