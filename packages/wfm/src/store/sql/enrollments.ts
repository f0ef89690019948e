import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Applicant, ClientRecord, EnrollmentRecord, EnrollmentStore, Receipt } from '../ports.ts';
import { appendAudit, lockChain } from './audit.ts';
import { contains, page, readCursor } from './paging.ts';
import type { Database, Tx } from './schema.ts';

function newEnrollment(a: Applicant, now: number): EnrollmentRecord {
  return {
    ...a,
    enrollmentId: randomUUID(),
    state: 'pending',
    clientId: null,
    firstSeenAt: now,
    lastSeenAt: now,
    attempts: 1,
    decidedAt: null,
    decidedBy: null,
    reason: null,
  };
}

/** The one place where a client comes into being: never a second one for a key. */
async function createClient(
  tx: Tx,
  a: Applicant,
  clientId: string,
  decidedBy: string,
  now: number,
): Promise<{ client: ClientRecord; created: boolean }> {
  const present = await tx
    .selectFrom('clients')
    .selectAll()
    .where('spkiSha256', '=', a.spkiSha256)
    .executeTakeFirst();
  if (present !== undefined) {
    if (present.certificateSha256 === a.certificateSha256) return { client: present, created: false };
    // The same key with another certificate: a renewal. The key is the identity, so the clientId stays.
    const renewed = {
      certificateSha256: a.certificateSha256,
      certificateDer: a.certificateDer,
      subject: a.subject,
      notAfter: a.notAfter,
      updatedAt: now,
    };
    await tx.updateTable('clients').set(renewed).where('clientId', '=', present.clientId).execute();
    await appendAudit(tx, {
      at: now,
      actor: `client ${present.clientId}`,
      action: 'certificate.renewed',
      subject: present.clientId,
      detail: { before: present.certificateSha256, after: a.certificateSha256 },
    });
    return { client: { ...present, ...renewed }, created: false };
  }
  const { spkiSha256, certificateSha256, certificateDer, subject, notAfter } = a;
  const client: ClientRecord = {
    clientId,
    state: 'active',
    spkiSha256,
    certificateSha256,
    certificateDer,
    subject,
    notAfter,
    createdAt: now,
    updatedAt: now,
    decidedBy,
    lastSeenAt: null,
  };
  await tx.insertInto('clients').values(client).execute();
  return { client, created: true };
}

async function keepReceipt(
  tx: Tx | Database,
  r: Receipt,
  a: Applicant,
  o: { rule: string; decidedBy: string; clientId: string; now: number },
): Promise<void> {
  await tx
    .insertInto('receipts')
    .values({
      spkiSha256: a.spkiSha256,
      createdAt: o.now,
      method: r.method,
      targetUri: r.targetUri,
      fields: JSON.stringify(r.fields),
      body: r.body,
      rule: o.rule,
      decidedBy: o.decidedBy,
      clientId: o.clientId,
    })
    .onConflict((c) => c.doNothing())
    .execute();
}

/** The enrollments over SQL. */
export function sqlEnrollments(database: Database): EnrollmentStore {
  const byId = (db: Database | Tx, id: string) =>
    db.selectFrom('enrollments').selectAll().where('enrollmentId', '=', id).executeTakeFirst();
  return {
    async byKey(spkiSha256) {
      return (
        (await database
          .selectFrom('enrollments')
          .selectAll()
          .where('spkiSha256', '=', spkiSha256)
          .executeTakeFirst()) ?? null
      );
    },
    async byId(enrollmentId) {
      return (await byId(database, enrollmentId)) ?? null;
    },
    async list({ limit, cursor, state, fingerprintPrefix }) {
      let query = database
        .selectFrom('enrollments')
        .selectAll()
        .orderBy('firstSeenAt')
        .orderBy('enrollmentId')
        .limit(limit + 1);
      if (state !== undefined) query = query.where('state', '=', state);
      if (fingerprintPrefix !== undefined) {
        const pattern = contains(fingerprintPrefix).slice(1);
        query = query.where(
          sql<boolean>`("certificateSha256" like ${pattern} escape '!' or "spkiSha256" like ${pattern} escape '!')`,
        );
      }
      const after = readCursor(cursor, 2);
      if (after !== undefined)
        query = query.where(sql<boolean>`("firstSeenAt", "enrollmentId") > (${after[0]}, ${after[1]})`);
      return page(await query.execute(), limit, (row) => [row.firstSeenAt, row.enrollmentId]);
    },
    recordPending: (applicant, now) =>
      database.transaction().execute(async (tx) => {
        const fresh = newEnrollment(applicant, now);
        const row = await tx
          .insertInto('enrollments')
          .values(fresh)
          .onConflict((c) =>
            c.column('spkiSha256').doUpdateSet({
              lastSeenAt: now,
              attempts: sql<number>`"enrollments"."attempts" + 1`,
              remoteAddress: applicant.remoteAddress,
            }),
          )
          .returningAll()
          .executeTakeFirstOrThrow();
        if (row.enrollmentId === fresh.enrollmentId) {
          await appendAudit(tx, {
            at: now,
            actor: 'device',
            action: 'enrollment.requested',
            subject: row.enrollmentId,
            detail: {
              certificate: applicant.certificateSha256,
              subject: applicant.subject,
              from: applicant.remoteAddress,
            },
          });
        }
        return row;
      }),
    admit: ({ applicant, clientId, decidedBy, rule, receipt, now }) =>
      database.transaction().execute(async (tx) => {
        const head = await lockChain(tx);
        const result = await createClient(tx, applicant, clientId, decidedBy, now);
        if (!result.created) return result;
        const decided = { state: 'approved' as const, clientId, decidedAt: now, decidedBy, reason: rule };
        await tx
          .insertInto('enrollments')
          .values({ ...newEnrollment(applicant, now), ...decided })
          .onConflict((c) => c.column('spkiSha256').doUpdateSet(decided))
          .execute();
        await tx
          .updateTable('preauthorizations')
          .set({ usedAt: now })
          .where('fingerprint', 'in', [applicant.certificateSha256, applicant.spkiSha256])
          .where('usedAt', 'is', null)
          .execute();
        if (receipt !== null) await keepReceipt(tx, receipt, applicant, { rule, decidedBy, clientId, now });
        await appendAudit(
          tx,
          {
            at: now,
            actor: decidedBy,
            action: 'client.admitted',
            subject: clientId,
            detail: {
              rule,
              certificate: applicant.certificateSha256,
              key: applicant.spkiSha256,
              from: applicant.remoteAddress,
            },
          },
          head,
        );
        return result;
      }),
    approve: (enrollmentId, { clientId, actor, now }) =>
      database.transaction().execute(async (tx) => {
        await lockChain(tx);
        const row = await byId(tx, enrollmentId);
        if (row === undefined) return { result: 'not-found' };
        if (row.state === 'approved') return { result: 'unchanged', enrollment: row };
        if (row.state === 'rejected') return { result: 'conflict', enrollment: row };
        const { client } = await createClient(tx, row, clientId, actor, now);
        const decided = {
          state: 'approved' as const,
          clientId: client.clientId,
          decidedAt: now,
          decidedBy: actor,
        };
        await tx.updateTable('enrollments').set(decided).where('enrollmentId', '=', enrollmentId).execute();
        await appendAudit(tx, {
          at: now,
          actor,
          action: 'enrollment.approved',
          subject: enrollmentId,
          detail: { clientId: client.clientId, certificate: row.certificateSha256 },
        });
        return { result: 'approved', enrollment: { ...row, ...decided } };
      }),
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
    async sweepPending(olderThan) {
      const result = await database
        .deleteFrom('enrollments')
        .where('state', '=', 'pending')
        .where('lastSeenAt', '<', olderThan)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
    async countPending() {
      const row = await database
        .selectFrom('enrollments')
        .select((e) => e.fn.countAll<number>().as('n'))
        .where('state', '=', 'pending')
        .executeTakeFirstOrThrow();
      return Number(row.n);
    },
  };
}
