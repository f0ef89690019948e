import type { ClientStore } from '../ports.ts';
import { appendAudit, lockChain } from './audit.ts';
import { createClient, keepReceipt, ownerOf } from './identity.ts';
import type { Inventory } from './inventory.ts';
import { packReport } from './kept-report.ts';
import { noteDecided } from './requests.ts';
import type { Database } from './schema.ts';

/** Takes a client over from another WFM: identity, labels, reports, receipt and audit entry in one transaction. */
export function importClient(database: Database, inventory: Inventory): ClientStore['importClient'] {
  return ({ applicant, clientId, state, labels, devices, receipt, signer, actor, now }) =>
    database.transaction().execute(async (tx) => {
      const head = await lockChain(tx);
      const { spkiSha256 } = applicant;
      const present = await tx
        .selectFrom('clients')
        .select(['clientId', 'spkiSha256', 'state'])
        .where((e) => e.or([e('clientId', '=', clientId), e('spkiSha256', '=', spkiSha256)]))
        .execute();
      const [first] = present;
      if (first !== undefined) {
        const isSame = present.length === 1 && first.clientId === clientId && first.spkiSha256 === spkiSha256;
        return isSame && first.state !== 'retired'
          ? { result: 'unchanged', clientId }
          : {
              result: isSame ? 'retired' : first.clientId === clientId ? 'other-key' : 'other-client',
              clientId: first.clientId,
            };
      }
      const owner = await ownerOf(tx, spkiSha256);
      if (owner !== undefined) return { result: 'other-client', clientId: owner.clientId };
      const rule = 'imported';
      const made = await createClient(tx, applicant, {
        clientId,
        isClaimed: true,
        decidedBy: actor,
        now,
        rule,
        authority: null,
        labels: JSON.stringify(labels),
      });
      if (typeof made === 'string') return { result: 'other-client', clientId };
      if (state === 'blocked')
        await tx
          .updateTable('clients')
          .set({ state, blockedReason: 'blocked where it comes from' })
          .where('clientId', '=', clientId)
          .execute();
      await noteDecided(tx, applicant, { clientId, decidedBy: actor, reason: rule, now });
      for (const { model, document, ...device } of devices)
        await tx
          .insertInto('devices')
          .values({
            ...device,
            report: packReport({ model, document }),
            clientId,
            revision: 1,
            createdAt: now,
            updatedAt: now,
            lastSeenAt: now,
            change: null,
            offerId: null,
            labelSetId: null,
          })
          .execute();
      await inventory.relabel(tx, clientId, null, now);
      if (receipt !== null)
        await keepReceipt(tx, receipt, applicant, {
          rule: receipt.rule,
          decidedBy: receipt.decidedBy,
          clientId,
          now: receipt.createdAt,
        });
      await appendAudit(
        tx,
        {
          at: now,
          actor,
          action: 'client.imported',
          subject: clientId,
          detail: { key: spkiSha256, signer, state, devices: devices.length, receipt: receipt !== null },
        },
        head,
      );
      return { result: 'imported', clientId };
    });
}
