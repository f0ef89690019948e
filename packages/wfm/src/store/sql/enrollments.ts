import { sql } from 'kysely';
import type { EnrollmentStore } from '../ports.ts';
import type { EnrollmentSort } from '../ports/enrollments.ts';
import { sqlAdmit } from './admit.ts';
import { sqlApprove } from './approvals.ts';
import { appendAudit, lockChain } from './audit.ts';
import { keepReceipt } from './identity.ts';
import { Keyset, numbers, texts } from './keyset.ts';
import { contains, hasFingerprint } from './paging.ts';
import { newEnrollment, requestOfKey } from './requests.ts';
import type { Database, Engine, Tx } from './schema.ts';
import { statement } from './statement.ts';

const pending = statement((on) =>
  on
    .selectFrom('enrollments')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('state', '=', 'pending'),
);

/** The enrollments over SQL. */
export function sqlEnrollments(engine: Engine): EnrollmentStore {
  const { database } = engine;
  const keyset = new Keyset<EnrollmentSort>('enrollmentId', {
    firstSeenAt: numbers('firstSeenAt'),
    lastSeenAt: numbers('lastSeenAt'),
    subject: texts(engine, 'subject'),
  });
  const byId = (db: Database | Tx, id: string) =>
    db.selectFrom('enrollments').selectAll().where('enrollmentId', '=', id).executeTakeFirst();
  return {
    async byKey(spkiSha256) {
      return (await requestOfKey(database, spkiSha256)) ?? null;
    },
    async byId(enrollmentId) {
      return (await byId(database, enrollmentId)) ?? null;
    },
    async list({ state, text, fingerprintPrefix, authority, ...o }) {
      let query = database.selectFrom('enrollments').select('enrollmentId');
      // The index by state is in the order of the first sight; for another one it would have to be sorted for each page.
      if (state !== undefined)
        query = query.where(
          (o.sort ?? 'firstSeenAt').endsWith('firstSeenAt')
            ? sql<boolean>`"state" = ${state}`
            : sql<boolean>`coalesce("state", '') = ${state}`,
        );
      if (authority !== undefined) query = query.where('authority', '=', authority);
      if (text !== undefined)
        query = query.where(sql<boolean>`lower("subject") like ${contains(text)} escape '!'`);
      if (fingerprintPrefix !== undefined) query = query.where(hasFingerprint(fingerprintPrefix));
      const { items, nextCursor } = keyset.page(await keyset.rows(query, o).execute(), o);
      if (items.length === 0) return { items: [], nextCursor };
      const ids = items.map((row) => row.enrollmentId);
      const rows = await database
        .selectFrom('enrollments')
        .selectAll()
        .where('enrollmentId', 'in', ids)
        .execute();
      const byEnrollment = new Map(rows.map((row) => [row.enrollmentId, row]));
      return { items: ids.flatMap((id) => byEnrollment.get(id) ?? []), nextCursor };
    },
    recordPending: (applicant, terms, now) =>
      database.transaction().execute(async (tx) => {
        const seenAgain = {
          lastSeenAt: now,
          attempts: sql<number>`"enrollments"."attempts" + 1`,
          remoteAddress: applicant.remoteAddress,
        };
        const known = await tx
          .updateTable('enrollments')
          .set(seenAgain)
          .where('spkiSha256', '=', applicant.spkiSha256)
          .returningAll()
          .executeTakeFirst();
        if (known !== undefined) return known;
        // Before anything is written: who has the head may be about to let this key in.
        const head = await lockChain(tx);
        const fresh = newEnrollment(applicant, terms, now);
        const row = await tx
          .insertInto('enrollments')
          .values(fresh)
          .onConflict((c) => c.column('spkiSha256').doUpdateSet(seenAgain))
          .returningAll()
          .executeTakeFirstOrThrow();
        if (row.enrollmentId === fresh.enrollmentId) {
          await appendAudit(
            tx,
            {
              at: now,
              actor: 'device',
              action: 'enrollment.requested',
              subject: row.enrollmentId,
              detail: {
                certificate: applicant.certificateSha256,
                subject: applicant.subject,
                from: applicant.remoteAddress,
                rule: terms.rule,
                reason: terms.holdReason,
              },
            },
            head,
          );
        }
        return row;
      }),
    admit: sqlAdmit(engine),
    approve: sqlApprove(database),
    reject: (enrollmentId, { actor, reason, now }) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const row = await byId(tx, enrollmentId);
        if (row === undefined) return { result: 'not-found' };
        if (row.state === 'rejected') return { result: 'unchanged', enrollment: row };
        if (row.state === 'approved') return { result: 'conflict', enrollment: row };
        const decided = {
          state: 'rejected' as const,
          decidedAt: now,
          decidedBy: actor,
          reason: reason ?? null,
        };
        await tx.updateTable('enrollments').set(decided).where('enrollmentId', '=', enrollmentId).execute();
        await appendAudit(tx, {
          at: now,
          actor,
          action: 'enrollment.rejected',
          subject: enrollmentId,
          detail: { reason: reason ?? null, certificate: row.certificateSha256 },
        });
        return { result: 'rejected', enrollment: { ...row, ...decided } };
      }),
    keepReceipt: ({ receipt, applicant, ...o }) => keepReceipt(database, receipt, applicant, o),
    delete: (enrollmentId, actor, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const row = await tx
          .deleteFrom('enrollments')
          .where('enrollmentId', '=', enrollmentId)
          .where('state', '!=', 'approved')
          .returning('certificateSha256')
          .executeTakeFirst();
        if (row === undefined) return false;
        await appendAudit(tx, {
          at: now,
          actor,
          action: 'enrollment.deleted',
          subject: enrollmentId,
          detail: { certificate: row.certificateSha256 },
        });
        return true;
      }),
    withdraw: (spkiSha256, from, now) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const row = await tx
          .selectFrom('enrollments')
          .select(['enrollmentId', 'state', 'certificateSha256'])
          .where('spkiSha256', '=', spkiSha256)
          .executeTakeFirst();
        if (row?.state === 'approved') return 'conflict';
        if (row?.state !== 'pending') return 'unchanged';
        await tx.deleteFrom('enrollments').where('enrollmentId', '=', row.enrollmentId).execute();
        await appendAudit(tx, {
          at: now,
          actor: 'device',
          action: 'enrollment.withdrawn',
          subject: row.enrollmentId,
          detail: { certificate: row.certificateSha256, from },
        });
        return 'withdrawn';
      }),
    async sweepPending(olderThan, now) {
      const old = database.selectFrom('enrollments').select('enrollmentId').where('state', '=', 'pending');
      if ((await old.where('lastSeenAt', '<', olderThan).limit(1).execute()).length === 0) return 0;
      return database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const result = await tx
          .deleteFrom('enrollments')
          .where('state', '=', 'pending')
          .where('lastSeenAt', '<', olderThan)
          .executeTakeFirst();
        const count = Number(result.numDeletedRows);
        if (count > 0)
          await appendAudit(tx, {
            at: now,
            actor: 'policy',
            action: 'enrollment.swept',
            subject: `${count}`,
            detail: { count, lastSeenBefore: new Date(olderThan).toISOString() },
          });
        return count;
      });
    },
    async countPending() {
      const [row] = await pending(database, {});
      return Number(row?.n);
    },
  };
}
