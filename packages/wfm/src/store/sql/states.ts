/** The moves of a client between its states: with what hangs on them, inside the transaction of the act. */
import type { ClientState, MoveResult } from '../ports.ts';
import { appendAudit } from './audit.ts';
import type { Tx } from './schema.ts';

/** Whoever unblocks a client has looked at it: what spoke for a cloned key before does not count again. */
async function forgetHistory(tx: Tx, clientId: string): Promise<void> {
  await tx.deleteFrom('supersededCertificates').where('clientId', '=', clientId).execute();
  await tx
    .updateTable('clients')
    .set({ history: 0, historyConfirmed: 0, historyAt: 0 })
    .where('clientId', '=', clientId)
    .execute();
}

/** Moves a client, with its audit entry; the chain is locked already. */
export async function moveState(
  tx: Tx,
  clientId: string,
  o: {
    readonly from: readonly ClientState[];
    readonly to: ClientState;
    readonly actor: string;
    readonly now: number;
    readonly reason?: string | undefined;
  },
): Promise<MoveResult> {
  const { from, to, actor, now, reason } = o;
  const client = await tx
    .selectFrom('clients')
    .select('state')
    .where('clientId', '=', clientId)
    .executeTakeFirst();
  if (client === undefined) return 'not-found';
  if (client.state === to) return 'unchanged';
  if (!from.includes(client.state)) return 'conflict';
  await tx
    .updateTable('clients')
    .set({
      state: to,
      updatedAt: now,
      blockedReason: to === 'blocked' ? (reason ?? null) : null,
      retiredReason: to === 'retired' ? (reason ?? null) : null,
      acknowledgedAt: null,
    })
    .where('clientId', '=', clientId)
    .execute();
  if (client.state === 'blocked') await forgetHistory(tx, clientId);
  // Back in service: the file with which it had left tells of the past.
  if (client.state === 'retired')
    await tx.deleteFrom('departures').where('clientId', '=', clientId).execute();
  await appendAudit(tx, {
    at: now,
    actor,
    action: `client.${to}`,
    subject: clientId,
    detail: { before: client.state, after: to, ...(reason === undefined ? {} : { reason }) },
  });
  return 'changed';
}
