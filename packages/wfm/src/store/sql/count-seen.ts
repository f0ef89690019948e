import { setImmediate as others } from 'node:timers/promises';
import { sql } from 'kysely';
import type { FleetStore } from '../ports/inventory.ts';
import type { Database, Engine } from './schema.ts';

/** Devices that are counted before others may run. */
const part = 20_000;

/** On the embedded database nothing else runs while a query does: what is counted in one goes part by part. */
async function inParts(database: Database, from: number, to: number): Promise<number> {
  let counted = 0;
  let after: { seen: number; row: number } = { seen: from, row: -1 };
  for (;;) {
    const beyond = sql`from "devices" where ("lastSeenAt", rowid) > (${after.seen}, ${after.row}) and "lastSeenAt" < ${to}`;
    const last = await sql<{
      seen: number;
      row: number;
    }>`select "lastSeenAt" as "seen", rowid as "row" ${beyond}
      order by "lastSeenAt", rowid limit 1 offset ${part - 1}`.execute(database);
    if (last.rows[0] === undefined) {
      const rest = await sql<{ n: number }>`select count(*) as "n" ${beyond}`.execute(database);
      return counted + (rest.rows[0]?.n ?? 0);
    }
    counted += part;
    after = last.rows[0];
    await others();
  }
}

/** Of each time, how many devices were seen last then or later: by whole spans, as they are kept, and what is left of one. */
async function since(database: Database, times: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await sql<{ at: number; n: number }>`select "at",
    (select coalesce(sum("devices"), 0)::bigint from "seenSpans" where "span" > "at" / 600000) +
    (select count(*) from "devices" where "lastSeenAt" >= "at" and "lastSeenAt" < ("at" / 600000 + 1) * 600000) as "n"
    from unnest(${times}::bigint[]) as "asked" ("at")`.execute(database);
  return new Map(rows.map(({ at, n }) => [at, n]));
}

/** How many devices were seen last in spans of time. */
export function countSeen({ name, database }: Engine): FleetStore['countSeen'] {
  return async (spans) => {
    if (name === 'sqlite')
      return Promise.all(spans.map(({ from, to }) => inParts(database, from, to ?? Number.MAX_SAFE_INTEGER)));
    const seen = await since(database, [...new Set(spans.flatMap(({ from, to }) => [from, to ?? from]))]);
    return spans.map(({ from, to }) => (seen.get(from) ?? 0) - (to === null ? 0 : (seen.get(to) ?? 0)));
  };
}
