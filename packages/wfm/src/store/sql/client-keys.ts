import type { ClientStore } from '../ports.ts';
import { appendAudit, lockChain } from './audit.ts';
import { bindKey, clientOfId, keepReceipt, raiseCloneAlarm } from './identity.ts';
import { noteDecided } from './requests.ts';
import type { Database } from './schema.ts';

type Keys = 'rotate' | 'dropPreviousKeys' | 'blockRevoked' | 'setHistory' | 'raiseCloneAlarm';

/** What becomes of the keys and certificates of clients, over SQL: new ones, old ones, revoked ones, copied ones. */
export function sqlClientKeys(database: Database): Pick<ClientStore, Keys> {
  return {
    rotate: ({ clientId, oldKey, applicant, receipt, overlapUntil, now }) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const client = await clientOfId(tx, clientId);
        if (client === undefined || client.state !== 'active') return 'conflict';
        if (client.spkiSha256 === applicant.spkiSha256) return 'unchanged';
        if (client.spkiSha256 !== oldKey) return 'conflict';
        const bound = await bindKey(tx, client, applicant, { until: overlapUntil, now });
        if (bound === null) return 'conflict';
        const decidedBy = `client ${clientId}`;
        await noteDecided(tx, applicant, { clientId, decidedBy, reason: 'key rotation', now });
        await keepReceipt(tx, receipt, applicant, { rule: 'key rotation', decidedBy, clientId, now });
        await appendAudit(tx, {
          at: now,
          actor: decidedBy,
          action: 'key.rotated',
          subject: clientId,
          detail: {
            before: client.spkiSha256,
            after: applicant.spkiSha256,
            certificate: applicant.certificateSha256,
            overlapUntil: new Date(overlapUntil).toISOString(),
            from: applicant.remoteAddress,
          },
        });
        return 'rotated';
      }),
    async dropPreviousKeys(now) {
      // Nothing to end, as it is nearly always: the head of the chain is not asked for.
      const due = database.selectFrom('clientKeys').select('clientId').where('state', '=', 'previous');
      if ((await due.where('until', '<=', now).limit(1).execute()).length === 0) return 0;
      return database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const ended = await tx
          .updateTable('clientKeys')
          .set({ state: 'given-up', until: null })
          .where('state', '=', 'previous')
          .where('until', '<=', now)
          .returning(['clientId', 'spkiSha256'])
          .execute();
        for (const { clientId, spkiSha256 } of ended) {
          await tx
            .updateTable('clients')
            .set({ previousUntil: null })
            .where('clientId', '=', clientId)
            .execute();
          await appendAudit(tx, {
            at: now,
            actor: 'policy',
            action: 'key.givenUp',
            subject: clientId,
            detail: { key: spkiSha256 },
          });
        }
        return ended.length;
      });
    },
    blockRevoked: (authority, serials, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const active = await tx
          .selectFrom('clients')
          .select(['clientId', 'serialNumber'])
          .where('authority', '=', authority)
          .where('state', '=', 'active')
          .execute();
        const hit = active.filter((c) => serials.has(c.serialNumber));
        for (const { clientId, serialNumber } of hit) {
          const blockedReason = `certificate ${serialNumber} revoked by ${authority}`;
          await tx
            .updateTable('clients')
            .set({ state: 'blocked', blockedReason, updatedAt: now })
            .where('clientId', '=', clientId)
            .execute();
          await appendAudit(tx, {
            at: now,
            actor: `authority ${authority}`,
            action: 'client.blocked',
            subject: clientId,
            detail: { before: 'active', after: 'blocked', reason: blockedReason },
          });
        }
        return hit.map((c) => c.clientId);
      }),
    async setHistory(clientId, from, to, now) {
      const row = await database
        .updateTable('clients')
        .set({ history: to.latest, historyConfirmed: to.confirmed, historyAt: now })
        .where('clientId', '=', clientId)
        .where('history', '=', from.latest)
        .where('historyConfirmed', '=', from.confirmed)
        .returning('clientId')
        .executeTakeFirst();
      return row !== undefined;
    },
    raiseCloneAlarm: (clientId, why, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const client = await clientOfId(tx, clientId);
        if (client?.state === 'active') await raiseCloneAlarm(tx, client, why, now);
      }),
  };
}
