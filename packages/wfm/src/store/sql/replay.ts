import type { Claim, ReplayStore } from '../ports.ts';
import { grouped } from './group-commit.ts';
import type { Engine, Tx } from './schema.ts';

const keyOf = (c: Omit<Claim, 'expiresAt'>): string => `${c.spkiSha256} ${c.baseSha256}`;

/**
 * Claims what is not null, and tells of each whether it was the first; what is null always is.
 * @param tx has locked nothing yet: whoever waits for a claim must not be waited for
 */
export async function claimAll(tx: Tx, claims: readonly (Claim | null)[]): Promise<boolean[]> {
  const firsts = new Map<string, { claim: Claim; at: number }>();
  for (const [at, claim] of claims.entries())
    if (claim !== null && !firsts.has(keyOf(claim))) firsts.set(keyOf(claim), { claim, at });
  if (firsts.size === 0) return claims.map(() => true);
  // In one order everywhere, so that no two transactions wait for each other.
  const sorted = [...firsts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { claim }]) => claim);
  const made = await tx
    .insertInto('replay')
    .values(sorted)
    .onConflict((c) => c.doNothing())
    .returning(['spkiSha256', 'baseSha256'])
    .execute();
  const won = new Set(made.map((one) => firsts.get(keyOf(one))?.at));
  return claims.map((claim, at) => claim === null || won.has(at));
}

/** Replay memory over SQL: the primary key decides who was first. */
export function sqlReplay({ database }: Engine): ReplayStore {
  return {
    claim: grouped<Claim, boolean>(database, 1, claimAll),
    async sweep(now) {
      return Number(
        (await database.deleteFrom('replay').where('expiresAt', '<', now).executeTakeFirst()).numDeletedRows,
      );
    },
  };
}
