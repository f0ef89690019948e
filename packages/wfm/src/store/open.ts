import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Store } from './ports.ts';
import { sqlAdmission } from './sql/admission.ts';
import { AuditQueue } from './sql/audit-queue.ts';
import { sqlAudit } from './sql/audit.ts';
import { sqlClients } from './sql/clients.ts';
import { sqlDevices } from './sql/devices.ts';
import { sqlEnrollments } from './sql/enrollments.ts';
import { sqlFleet } from './sql/fleet.ts';
import { Inventory } from './sql/inventory.ts';
import { sqlLabels } from './sql/labels.ts';
import { migrate } from './sql/migrations/migrate.ts';
import { sqlMoving } from './sql/rebinds.ts';
import { sqlReplay } from './sql/replay.ts';
import { sqlSigners } from './sql/signers.ts';
import { sqlRequirements } from './sql/requirements.ts';
import { sqlReservations } from './sql/reservations.ts';
import { sqlPreauthorizations, sqlTokens } from './sql/small.ts';
import { sqlWebhooks } from './sql/webhooks.ts';

const readyMilliseconds = 2_000;

/**
 * Opens the store and brings its schema up to date.
 * @param o.url `sqlite:/path/to/file.db` or `postgres://…`
 * @param o.now milliseconds since 1970
 * @param o.statementSeconds how long PostgreSQL may take for a statement; 0 for as long as it takes
 */
export async function openStore(o: {
  url: string;
  now: () => number;
  statementSeconds?: number;
}): Promise<Store> {
  // Loaded only when asked for: the other database's driver costs start-up time and memory.
  const engine = o.url.startsWith('sqlite:')
    ? (await import('./sqlite/engine.ts')).openSqlite(o.url.slice('sqlite:'.length))
    : (await import('./postgres/engine.ts')).openPostgres(o.url, o);
  const { database } = engine;
  const queue = new AuditQueue(engine);
  const inventory = new Inventory(engine, queue);
  try {
    await migrate(engine, o.now());
    await inventory.backfill();
    await queue.settle();
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return {
    clients: sqlClients(engine, inventory),
    moving: sqlMoving(database),
    enrollments: sqlEnrollments(engine),
    devices: sqlDevices(engine, inventory, queue),
    fleet: sqlFleet(engine),
    labels: sqlLabels(database, inventory),
    reservations: sqlReservations(engine),
    requirements: sqlRequirements(database),
    preauthorizations: sqlPreauthorizations(database),
    replay: sqlReplay(engine),
    tokens: sqlTokens(database),
    signers: sqlSigners(database),
    admission: sqlAdmission(database),
    audit: sqlAudit(engine, queue),
    webhooks: sqlWebhooks(database),
    together: (ask) =>
      engine.together((over) => {
        const one = { ...engine, database: over };
        return ask({ fleet: sqlFleet(one), reservations: sqlReservations(one) });
      }),
    ready: () =>
      Promise.race([
        sql`select 1`.execute(database).then(
          () => true,
          () => false,
        ),
        // A server that hangs says nothing; whoever asks for readiness does not wait for long.
        sleep(readyMilliseconds, false, { ref: false }),
      ]),
    async close() {
      await queue.idle();
      await database.destroy();
    },
  };
}
