/** One sync of the disk for all that waits: each is still on disk before it is answered. */
import type { Database, Tx } from './schema.ts';

interface Waiting<T, R> {
  readonly input: T;
  readonly resolve: (result: R) => void;
  readonly reject: (reason: unknown) => void;
}

const mostInOne = 64;

/**
 * For a database with one writer. What comes while a transaction runs waits for the next, together with all others; nothing
 * waits for a timer.
 * @param failed called when a transaction was rolled back; its acts are then done one by one, so that one fault stays one
 */
export function grouped<T, R>(
  database: Database,
  act: (tx: Tx, input: T) => Promise<R>,
  failed: () => void,
): (input: T) => Promise<R> {
  const waiting: Waiting<T, R>[] = [];
  let running = false;
  const alone = (input: T): Promise<R> => database.transaction().execute((tx) => act(tx, input));
  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const group = waiting.splice(0, mostInOne);
      try {
        const results = await database.transaction().execute(async (tx) => {
          const made: R[] = [];
          for (const { input } of group) made.push(await act(tx, input));
          return made;
        });
        group.forEach(({ resolve }, i) => resolve(results[i] as R));
      } catch {
        failed();
        for (const { input, resolve, reject } of group) {
          try {
            resolve(await alone(input));
          } catch (error) {
            failed();
            reject(error);
          }
        }
      }
    }
    running = false;
  };
  return (input) =>
    new Promise<R>((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (!running) void run();
    });
}
