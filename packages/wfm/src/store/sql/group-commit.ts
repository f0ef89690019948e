/** One sync of the disk for all that waits: each is still on disk before it is answered. */
import type { Engine, Tx } from './schema.ts';
import type { Sent } from './sent.ts';

interface Waiting<T, R> {
  readonly input: T;
  readonly resolve: (result: R) => void;
  readonly reject: (reason: unknown) => void;
}

/** Pauses in a row without a newcomer before a group is taken as it is. A TLS handshake, for one, comes in two steps. */
const emptyPauses = 2;

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
  /**
   * Whatever arrives on other connections gets on board. Without these pauses the embedded database, which never waits,
   * would be done with each before the next is read from its socket. They cost nobody anything: what runs in them has to
   * be done anyway, and with nothing to do they are over at once.
   */
  const boarding = async (): Promise<void> => {
    for (let empty = 0, before = waiting.length; empty < emptyPauses && waiting.length < most; ) {
      await new Promise((resolve) => setImmediate(resolve));
      empty = waiting.length === before ? empty + 1 : 0;
      before = waiting.length;
    }
  };
  const run = async (): Promise<void> => {
    running++;
    while (waiting.length > 0) {
      await boarding();
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
