import { mostLabels } from '../../fleet/labels.ts';
import type { LabelStore } from '../ports/inventory.ts';
import { appendAudit, lockChain } from './audit.ts';
import type { Inventory } from './inventory.ts';
import type { Database } from './schema.ts';

/** The labels over SQL. */
export function sqlLabels(database: Database, inventory: Inventory): LabelStore {
  return {
    async set({ clientId, deviceId, labels, source, actor, now }) {
      const result = await database.transaction().execute(async (tx) => {
        const head = await lockChain(tx);
        const client = await tx
          .selectFrom('clients')
          .select('clientId')
          .where('clientId', '=', clientId)
          .executeTakeFirst();
        const device =
          deviceId === null
            ? undefined
            : await tx
                .selectFrom('devices')
                .select('deviceId')
                .where('clientId', '=', clientId)
                .where('deviceId', '=', deviceId)
                .executeTakeFirst();
        if (client === undefined || (deviceId !== null && device === undefined)) return 'not-found';
        const at = deviceId ?? '';
        const present = new Map(
          (
            await tx
              .selectFrom('labels')
              .select(['key', 'value'])
              .where('clientId', '=', clientId)
              .where('deviceId', '=', at)
              .where('source', '=', source)
              .execute()
          ).map((l) => [l.key, l.value]),
        );
        const changed = Object.entries(labels).filter(([key, value]) => (present.get(key) ?? null) !== value);
        if (changed.length === 0) return 'unchanged';
        const count = new Set([...present.keys(), ...changed.map(([key]) => key)]).size;
        if (count - changed.filter(([, value]) => value === null).length > mostLabels) return 'too-many';
        for (const [key, value] of changed) {
          if (value === null)
            await tx
              .deleteFrom('labels')
              .where('clientId', '=', clientId)
              .where('deviceId', '=', at)
              .where('key', '=', key)
              .where('source', '=', source)
              .execute();
          else
            await tx
              .insertInto('labels')
              .values({ clientId, deviceId: at, key, value, source, setBy: actor, setAt: now })
              .onConflict((c) =>
                c
                  .columns(['clientId', 'deviceId', 'key', 'source'])
                  .doUpdateSet({ value, setBy: actor, setAt: now }),
              )
              .execute();
        }
        await inventory.relabel(tx, clientId, deviceId, now);
        await appendAudit(
          tx,
          {
            at: now,
            actor,
            action: 'labels.set',
            subject: deviceId === null ? clientId : `${clientId}/${deviceId}`,
            detail: {
              source,
              before: Object.fromEntries(changed.map(([key]) => [key, present.get(key) ?? null])),
              after: Object.fromEntries(changed),
            },
          },
          head,
        );
        return 'changed';
      });
      inventory.queue.soon();
      return result;
    },
    list: (clientId, deviceId) =>
      database
        .selectFrom('labels')
        .selectAll()
        .where('clientId', '=', clientId)
        .where('deviceId', 'in', deviceId === null ? [''] : ['', deviceId])
        .orderBy('key')
        .orderBy('source')
        .execute(),
  };
}
