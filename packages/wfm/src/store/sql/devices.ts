import { sql } from 'kysely';
import type { DeviceStore } from '../ports.ts';
import type { AuditQueue } from './audit-queue.ts';
import { removeDevices } from './device-removal.ts';
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
  const store = grouped<Report, Stored>(engine, groups[name], (tx, reports, sent) =>
    storeReports({ engine, inventory, tx, sent }, reports),
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
    async remove(clientId, deviceId, now) {
      const below = `${deviceId.replace(/[!%_]/g, '!$&')}/%`;
      const these = sql<boolean>`("deviceId" = ${deviceId} or "deviceId" like ${below} escape '!')`;
      const removed = await database.transaction().execute(async (tx) => {
        // On PostgreSQL the client's row orders its own reports, reservations and removals.
        if (name === 'postgres')
          await tx
            .selectFrom('clients')
            .select('clientId')
            .where('clientId', '=', clientId)
            .forNoKeyUpdate()
            .execute();
        return removeDevices(tx, queue, { clientId, deviceId, these, now });
      });
      queue.soon();
      return removed;
    },
  };
}
