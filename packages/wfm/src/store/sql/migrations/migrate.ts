import { type Kysely, sql } from 'kysely';
import type { Database, Engine } from '../schema.ts';
import { foundation } from './001-foundation.ts';
import { admission } from './002-admission.ts';
import { operators } from './003-operators.ts';
import { trust } from './004-trust.ts';
import { inventory } from './010-inventory.ts';
import { countingByStatement } from './011-counting-by-statement.ts';
import { narrowerIndexes } from './012-narrower-indexes.ts';
import { webhooks } from './020-webhooks.ts';
import { moving } from './030-moving.ts';
import { setAside } from './040-set-aside.ts';
import { signers } from './041-signers.ts';
import { endings } from './050-endings.ts';
import { orders } from './051-orders.ts';
import { tickets } from './052-tickets.ts';
import { departures } from './060-departures.ts';
import { packedReports } from './080-packed-reports.ts';
import { labelAndOffer } from './081-label-and-offer.ts';
import { requirements } from './090-requirements.ts';
import { pacedNotes } from './091-paced-notes.ts';
import { countsInTheIndex } from './100-counts-in-the-index.ts';
import { seenSpans } from './101-seen-spans.ts';
import { auditOrders } from './110-audit-orders.ts';
import type { Migration } from './migration.ts';

/** In order, append-only. */
const migrations: readonly Migration[] = [
  foundation,
  admission,
  operators,
  trust,
  inventory,
  countingByStatement,
  narrowerIndexes,
  webhooks,
  moving,
  setAside,
  signers,
  endings,
  orders,
  tickets,
  departures,
  packedReports,
  labelAndOffer,
  requirements,
  pacedNotes,
  countsInTheIndex,
  seenSpans,
  auditOrders,
];

/** The numbers of all changes that this software knows. */
export const knownMigrations: readonly number[] = migrations.map((m) => m.number);

/** Brings the schema up to date; safe when several processes start at once. */
export async function migrate(engine: Engine, now: number): Promise<void> {
  await engine.withMigrationLock(async (database: Database) => {
    await sql`create table if not exists "migrations" ("number" integer primary key, "name" text not null, "appliedAt" ${sql.raw(engine.bigint)} not null)`.execute(
      database,
    );
    const done = new Set(
      (await database.selectFrom('migrations').select('number').execute()).map((row) => row.number),
    );
    for (const migration of migrations) {
      if (done.has(migration.number)) continue;
      for (const statement of migration.statements(engine))
        await sql.raw(statement).execute(database as Kysely<unknown>);
      await database
        .insertInto('migrations')
        .values({ number: migration.number, name: migration.name, appliedAt: now })
        .execute();
    }
  });
}
