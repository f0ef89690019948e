/** One sync of the disk for all that waits: each is still on disk before it is answered. */
import type { Engine, Tx } from './schema.ts';
import type { Sent } from './sent.ts';

interface Waiting<T, R> {
  readonly input: T;
  readonly resolve: (result: R) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * What comes while a transaction runs waits for the next, together with all others; nothing waits for a timer. When a
 * transaction is rolled back, what was in it is done one by one, so that one fault stays one.
 * @param act does all of a group, in order, and answers in that order
 * @param o.atOnce transactions that run at the same time: one for a database with one writer
 * @param o.most inputs of one transaction
 */
export function grouped<T, R>(
  engine: Engine,
  { atOnce, most }: { atOnce: number; most: number },
  act: (tx: Tx, inputs: readonly T[], sent: Sent) => Promise<readonly R[]>,
): (input: T) => Promise<R> {
  const waiting: Waiting<T, R>[] = [];
  let running = 0;
  let inHand = 0;
  const together = (inputs: readonly T[]): Promise<readonly R[]> =>
    engine.transact((tx, sent) => act(tx, inputs, sent));
  const run = async (): Promise<void> => {
    running++;
    while (waiting.length > 0) {
      // Whatever has arrived on other connections gets on board. Without this pause the embedded database, which never
      // waits, would be done with each before the next is read from its socket.
      await new Promise((resolve) => setImmediate(resolve));
      // Each of several takes its share of all that is on its way, so that all of them have something to do.
      const group = waiting.splice(0, Math.min(most, Math.ceil((waiting.length + inHand) / atOnce)));
      if (group.length === 0) break;
      inHand += group.length;
      try {
        const results = await together(group.map((one) => one.input));
        group.forEach(({ resolve }, i) => resolve(results[i] as R));
      } catch (error) {
        if (group.length === 1) group[0]?.reject(error);
        else
          for (const { input, resolve, reject } of group)
            await together([input]).then(([result]) => resolve(result as R), reject);
      }
      inHand -= group.length;
    }
    running--;
  };
  return (input) =>
    new Promise<R>((resolve, reject) => {
      waiting.push({ input, resolve, reject });
      if (running < atOnce) void run();
    });
}
