/** From what the inventory says and what the WFM has to the steps in between. Pure. */

/** What is known of a child at the WFM. */
export interface KnownDigest {
  /** What the WFM has; null when it has nothing. */
  readonly digest: string | null;
  /** What it has refused, so that the same is not sent again at each look. */
  readonly refused: string | null;
}

export type Step = { readonly do: 'delete' | 'report'; readonly deviceId: string };

const depth = (id: string): number => id.split('/').length;
const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const isBelow = (id: string, above: string): boolean => id.startsWith(`${above}/`);

/**
 * Deletes first, the deepest before what is above it; then reports, parents before what is below them. A WFM deletes
 * whatever is below a deleted device with it, so those that stay are reported again.
 * @param wanted digests by device id
 * @param isWhole report all, not the differences only
 */
export function plan(
  wanted: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, KnownDigest>,
  isWhole = false,
): Step[] {
  const gone = [...known.keys()]
    .filter((id) => !wanted.has(id))
    .sort((a, b) => depth(b) - depth(a) || byName(a, b));
  const due = [...wanted]
    .filter(([id, digest]) => {
      const have = known.get(id);
      return (
        isWhole ||
        gone.some((above) => isBelow(id, above)) ||
        (have?.digest !== digest && have?.refused !== digest)
      );
    })
    .map(([id]) => id)
    .sort((a, b) => depth(a) - depth(b) || byName(a, b));
  return [
    ...gone.map((deviceId): Step => ({ do: 'delete', deviceId })),
    ...due.map((deviceId): Step => ({ do: 'report', deviceId })),
  ];
}
