import { sql } from 'kysely';
import type { DeviceStore } from '../ports.ts';
import type { AuditQueue } from './audit-queue.ts';
import { grouped } from './group-commit.ts';
import type { Inventory } from './inventory.ts';
import { withReport } from './kept-report.ts';
import { type Report, type Stored, storeReports } from './reports.ts';
import type { Engine } from './schema.ts';

/** On PostgreSQL one group waits for the disk while another is worked on, and what a statement costs by itself is spread. */
const groups = { sqlite: { atOnce: 1, most: 64 }, postgres: { atOnce: 2, most: 128 } };

/** The reported devices over SQL. */
export function sqlDevices(engine: Engine, inventory: Inventory, queue: AuditQueue): DeviceStore {
  const { database, name } = engine;
  const store = grouped<Report, Stored>(database, groups[name], (tx, reports) =>
    storeReports(engine, tx, inventory, reports),
  );
  return {
    async get(clientId, deviceId) {
      const row = await database
        .selectFrom('devices')
        .selectAll()
        .where('clientId', '=', clientId)
        .where('deviceId', '=', deviceId)
        .executeTakeFirst();
      return row === undefined ? null : withReport(row);
    },
    async upsert(report) {
      const result = await store(report);
      queue.soon();
      return result;
    },
    remove: (clientId, deviceId) =>
      database.transaction().execute(async (tx) => {
        const below = `${deviceId.replace(/[!%_]/g, '!$&')}/%`;
        const these = sql<boolean>`("deviceId" = ${deviceId} or "deviceId" like ${below} escape '!')`;
        const result = await tx
          .deleteFrom('devices')
          .where('clientId', '=', clientId)
          .where(these)
          .executeTakeFirst();
        await tx.deleteFrom('labels').where('clientId', '=', clientId).where(these).execute();
        return Number(result.numDeletedRows);
      }),
  };
}
