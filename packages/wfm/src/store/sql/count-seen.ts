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

/** How many devices were seen last in a span of time. */
export function countSeen({ name, database }: Engine): FleetStore['countSeen'] {
  return async (from, to) => {
    const end = to ?? Number.MAX_SAFE_INTEGER;
    if (name === 'sqlite') return inParts(database, from, end);
    const found = await database
      .selectFrom('devices')
      .select((e) => e.fn.countAll<number>().as('n'))
      .where('lastSeenAt', '>=', from)
      .where('lastSeenAt', '<', end)
      .executeTakeFirstOrThrow();
    return Number(found.n);
  };
}
