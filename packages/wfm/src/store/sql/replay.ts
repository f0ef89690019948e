import type { Claim, ReplayStore } from '../ports.ts';
import { grouped } from './group-commit.ts';
import { insertRows } from './lists.ts';
import type { Engine, Tx } from './schema.ts';

const keyOf = (c: Omit<Claim, 'expiresAt'>): string => `${c.spkiSha256} ${c.baseSha256}`;

/**
 * Claims what is not null, and tells of each whether it was the first; what is null always is.
 * @param tx has locked nothing yet: whoever waits for a claim must not be waited for
 */
export async function claimAll(
  engine: Engine,
  tx: Tx,
  claims: readonly (Claim | null)[],
): Promise<boolean[]> {
  const firsts = new Map<string, { claim: Claim; at: number }>();
  for (const [at, claim] of claims.entries())
    if (claim !== null && !firsts.has(keyOf(claim))) firsts.set(keyOf(claim), { claim, at });
  if (firsts.size === 0) return claims.map(() => true);
  // In one order everywhere, so that no two transactions wait for each other.
  const sorted = [...firsts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { claim }]) => claim);
  const made = await insertRows<'replay', Claim>(engine, tx, {
    into: 'replay',
    columns: { spkiSha256: 'text', baseSha256: 'text', expiresAt: 'bigint' },
    rows: sorted,
    end: 'on conflict do nothing returning "spkiSha256", "baseSha256"',
  });
  const won = new Set(made.map((one) => firsts.get(keyOf(one))?.at));
  return claims.map((claim, at) => claim === null || won.has(at));
}

/** Replay memory over SQL: the primary key decides who was first. */
export function sqlReplay(engine: Engine): ReplayStore {
  const { database } = engine;
  return {
    claim: grouped<Claim, boolean>(engine, { atOnce: 1, most: 64 }, (tx, claims) =>
      claimAll(engine, tx, claims),
    ),
    async sweep(now) {
      return Number(
        (await database.deleteFrom('replay').where('expiresAt', '<', now).executeTakeFirst()).numDeletedRows,
      );
    },
  };
}
