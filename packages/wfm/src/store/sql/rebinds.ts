import { afterAcknowledgement, isOpen, type Rebind, readRebind } from '../../fleet/rebind.ts';
import type { MovingStore } from '../ports/moving.ts';
import type { ClientState } from '../ports.ts';
import { appendAudit, lockChain } from './audit.ts';
import { exportClient } from './departures.ts';
import type { Database, Tx } from './schema.ts';

interface Row {
  readonly state: ClientState;
  readonly rebind: string | null;
  readonly acknowledgedAt: number | null;
}

function rowOf(tx: Tx, clientId: string): Promise<Row | undefined> {
  return tx
    .selectFrom('clients')
    .select(['state', 'rebind', 'acknowledgedAt'])
    .where('clientId', '=', clientId)
    .executeTakeFirst();
}

async function setRebind(tx: Tx, clientId: string, rebind: Rebind): Promise<void> {
  await tx
    .updateTable('clients')
    .set({ rebind: JSON.stringify(rebind), updatedAt: rebind.updatedAt })
    .where('clientId', '=', clientId)
    .execute();
}

/** Moving and leaving over SQL. */
export function sqlMoving(database: Database): MovingStore {
  /** Runs an act on one client; all acts are in one order, as the audit log has them. */
  const onClient = <T>(
    clientId: string,
    act: (tx: Tx, client: Row, present: Rebind | null) => Promise<T>,
  ): Promise<T | 'not-found'> =>
    database.transaction().execute(async (tx) => {
      await lockChain(tx);
      const client = await rowOf(tx, clientId);
      return client === undefined ? 'not-found' : act(tx, client, readRebind(client.rebind));
    });
  return {
    exportClient: exportClient(database),
    order: (clientId, order, { actor, reason, now }) =>
      onClient(clientId, async (tx, client, present) => {
        if (client.state !== 'active') return 'conflict';
        if (isOpen(present)) return present.joinString === order.joinString ? 'unchanged' : 'conflict';
        const rebind: Rebind = {
          ...order,
          state: 'ordered',
          reason: null,
          orderedBy: actor,
          orderedAt: now,
          updatedAt: now,
        };
        await setRebind(tx, clientId, rebind);
        const { orderId, to, pins } = order;
        const detail = { orderId, to, pins, ...(reason === null ? {} : { reason }) };
        await appendAudit(tx, { at: now, actor, action: 'client.rebindOrdered', subject: clientId, detail });
        return 'ordered';
      }),
    cancel: (clientId, actor, now) =>
      onClient(clientId, async (tx, _client, present) => {
        if (present?.state === 'cancelled') return 'unchanged';
        if (!isOpen(present)) return 'conflict';
        await setRebind(tx, clientId, { ...present, state: 'cancelled', updatedAt: now });
        const detail = { orderId: present.orderId, to: present.to, before: present.state };
        await appendAudit(tx, {
          at: now,
          actor,
          action: 'client.rebindCancelled',
          subject: clientId,
          detail,
        });
        return 'cancelled';
      }),
    async told(clientId, orderId, now) {
      await onClient(clientId, async (tx, _client, present) => {
        if (present?.orderId !== orderId || present.state !== 'ordered') return;
        await setRebind(tx, clientId, { ...present, state: 'told', updatedAt: now });
      });
    },
    async acknowledge(clientId, said, now) {
      const actor = `client ${clientId}`;
      const result = await onClient(clientId, async (tx, client, present) => {
        if (said.about === 'retirement') {
          if (client.state !== 'retired') return 'conflict';
          if (client.acknowledgedAt !== null) return 'unchanged';
          await tx
            .updateTable('clients')
            .set({ acknowledgedAt: now })
            .where('clientId', '=', clientId)
            .execute();
          const action = 'client.retirementAcknowledged';
          await appendAudit(tx, { at: now, actor, action, subject: clientId, detail: {} });
          return 'noted';
        }
        const after = afterAcknowledgement(present, said, now);
        if (typeof after === 'string') return after;
        const isRetiredByIt = after.state === 'moved' && client.state !== 'retired';
        await tx
          .updateTable('clients')
          .set({
            rebind: JSON.stringify(after),
            updatedAt: now,
            ...(isRetiredByIt
              ? {
                  state: 'retired' as const,
                  retiredReason: `moved to ${after.to}`,
                  blockedReason: null,
                  acknowledgedAt: now,
                }
              : {}),
          })
          .where('clientId', '=', clientId)
          .execute();
        await appendAudit(tx, {
          at: now,
          actor,
          action: `client.rebind${after.state[0]?.toUpperCase()}${after.state.slice(1)}`,
          subject: clientId,
          detail: {
            orderId: after.orderId,
            to: after.to,
            ...(after.reason === null ? {} : { reason: after.reason }),
            ...(isRetiredByIt ? { before: client.state, after: 'retired' } : {}),
          },
        });
        return 'noted';
      });
      return result === 'not-found' ? 'conflict' : result;
    },
  };
}
