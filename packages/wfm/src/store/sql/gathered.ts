/**
 * Reads by key that come at about the same time are one statement, for what is asked with each request. Nothing is
 * remembered: each sees what was committed when it asked.
 * @param read finds all of several keys at once
 */
export function gathered<R>(
  read: (keys: readonly string[]) => Promise<ReadonlyMap<string, R>>,
): (key: string) => Promise<R | null> {
  let keys = new Set<string>();
  let answer: Promise<ReadonlyMap<string, R>> | undefined;
  const ask = async (): Promise<ReadonlyMap<string, R>> => {
    // Whatever has arrived on other connections gets on board.
    await new Promise((resolve) => setImmediate(resolve));
    const asked = [...keys];
    keys = new Set();
    answer = undefined;
    return read(asked);
  };
  return async (key) => {
    keys.add(key);
    answer ??= ask();
    return (await answer).get(key) ?? null;
  };
}
