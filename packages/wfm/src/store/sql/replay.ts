import type { ReplayStore } from '../ports.ts';
import { grouped } from './group-commit.ts';
import type { Engine } from './schema.ts';

interface Claim {
  readonly spkiSha256: string;
  readonly baseSha256: string;
  readonly expiresAt: number;
}

/** Replay memory over SQL: the primary key decides who was first. */
export function sqlReplay({ database }: Engine): ReplayStore {
  const keyOf = (c: Omit<Claim, 'expiresAt'>): string => `${c.spkiSha256} ${c.baseSha256}`;
  // One at a time: two groups that hold the same bases in another order would wait for each other.
  const claim = grouped<Claim, boolean>(database, 1, async (tx, claims) => {
    const firsts = new Map<string, Claim>();
    for (const one of claims) if (!firsts.has(keyOf(one))) firsts.set(keyOf(one), one);
    const sorted = [...firsts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    const made = await tx
      .insertInto('replay')
      .values(sorted)
      .onConflict((c) => c.doNothing())
      .returning(['spkiSha256', 'baseSha256'])
      .execute();
    const won = new Set(made.map(keyOf));
    return claims.map((one) => firsts.get(keyOf(one)) === one && won.has(keyOf(one)));
  });
  return {
    claim: (spkiSha256, baseSha256, expiresAt) => claim({ spkiSha256, baseSha256, expiresAt }),
    async sweep(now) {
      return Number(
        (await database.deleteFrom('replay').where('expiresAt', '<', now).executeTakeFirst()).numDeletedRows,
      );
    },
  };
}
