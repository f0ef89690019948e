import type { SignerStore } from '../ports.ts';
import type { SignerSort } from '../ports/signers.ts';
import { appendAudit, lockChain } from './audit.ts';
import { Keyset, names, numbers } from './keyset.ts';
import type { Database } from './schema.ts';

const keyset = new Keyset<SignerSort>('fingerprint', {
  createdAt: numbers('createdAt'),
  fingerprint: { ...names('fingerprint'), isUnique: true },
});

/** The trusted signers over SQL. */
export function sqlSigners(database: Database): SignerStore {
  return {
    async has(fingerprint) {
      const row = await database
        .selectFrom('signers')
        .select('fingerprint')
        .where('fingerprint', '=', fingerprint)
        .executeTakeFirst();
      return row !== undefined;
    },
    async list(o) {
      return keyset.page(await keyset.rows(database.selectFrom('signers').selectAll(), o).execute(), o);
    },
    add: (signer) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const { createdAt: at, createdBy: actor, fingerprint: subject, note } = signer;
        const present = await tx
          .selectFrom('signers')
          .select('note')
          .where('fingerprint', '=', subject)
          .executeTakeFirst();
        if (present?.note === note) return;
        await tx
          .insertInto('signers')
          .values(signer)
          .onConflict((c) => c.column('fingerprint').doUpdateSet({ note }))
          .execute();
        await appendAudit(tx, { at, actor, action: 'signer.trusted', subject, detail: { note } });
      }),
    remove: (fingerprint, actor, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const row = await tx
          .deleteFrom('signers')
          .where('fingerprint', '=', fingerprint)
          .returning('fingerprint')
          .executeTakeFirst();
        if (row === undefined) return false;
        await appendAudit(tx, { at: now, actor, action: 'signer.removed', subject: fingerprint, detail: {} });
        return true;
      }),
  };
}
