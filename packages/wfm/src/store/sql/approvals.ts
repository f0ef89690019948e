/** An operator's yes to a request; where two are needed, the second one must say the same as the first. */
import { personOf } from '../../fleet/person.ts';
import type { Applicant, ClientRecord, EnrollmentRecord, EnrollmentStore } from '../ports.ts';
import { appendAudit, lockChain } from './audit.ts';
import { bindKey, clientOfId, createClient } from './identity.ts';
import type { Database, Tx } from './schema.ts';

type Approval = Awaited<ReturnType<EnrollmentStore['approve']>>;
type Yes = Parameters<EnrollmentStore['approve']>[1];

/** The recorded request as an applicant again. */
function applicantOf(row: EnrollmentRecord): Applicant {
  const evidence = row.evidence === null ? null : (JSON.parse(row.evidence) as { serialNumber?: string });
  return { ...row, serialNumber: evidence?.serialNumber ?? '' };
}

/** Notes a yes that is not enough yet. */
async function record(
  tx: Tx,
  row: EnrollmentRecord,
  approvals: readonly string[],
  { into, actor, now }: Yes,
): Promise<Approval> {
  const noted = { approvals: JSON.stringify(approvals), approvalInto: into ?? null };
  await tx.updateTable('enrollments').set(noted).where('enrollmentId', '=', row.enrollmentId).execute();
  await appendAudit(tx, {
    at: now,
    actor,
    action: 'enrollment.approvalRecorded',
    subject: row.enrollmentId,
    detail: {
      approvals: approvals.length,
      needed: row.approvalsNeeded,
      ...(into === undefined ? {} : { into }),
    },
  });
  return { result: 'recorded', enrollment: { ...row, ...noted } };
}

/** The client that gets the key. @returns null when the key is somebody's already */
async function bind(
  tx: Tx,
  row: EnrollmentRecord,
  { clientId, into, actor, now }: Yes,
): Promise<ClientRecord | null | 'no-such-client'> {
  if (into === undefined) {
    const made = await createClient(tx, applicantOf(row), { ...row, clientId, decidedBy: actor, now });
    return typeof made === 'string' ? null : made.client;
  }
  const old = await clientOfId(tx, into);
  if (old === undefined || old.state === 'retired') return 'no-such-client';
  return bindKey(tx, old, applicantOf(row), { until: null, now });
}

/** What to do about a yes that has been said in part already; null to go on with it. */
function answerBefore(row: EnrollmentRecord, before: readonly string[], yes: Yes): Approval | null {
  const { into, actor } = yes;
  if (row.state === 'approved') {
    // The same approval again is harmless; one that wants another identity is not.
    const isSame = into === undefined || into === row.clientId;
    return { result: isSame ? 'unchanged' : 'conflict', enrollment: row };
  }
  if (row.state === 'rejected') return { result: 'conflict', enrollment: row };
  const isOwn = before.some((by) => personOf(by) === personOf(actor));
  const isSame = before.length === 0 || (into ?? null) === row.approvalInto;
  if (isOwn && isSame) return { result: 'unchanged', enrollment: row };
  // Whoever is alone with an approval may think again; nobody else's yes is taken for something else.
  if (!isSame && !(isOwn && before.length === 1)) return { result: 'disagreement', enrollment: row };
  return null;
}

/** The approvals over SQL. */
export function sqlApprove(database: Database): EnrollmentStore['approve'] {
  return (enrollmentId, yes) =>
    database.transaction().execute(async (tx): Promise<Approval> => {
      await lockChain(tx);
      const row = await tx
        .selectFrom('enrollments')
        .selectAll()
        .where('enrollmentId', '=', enrollmentId)
        .executeTakeFirst();
      if (row === undefined) return { result: 'not-found' };
      const { actor, into, now } = yes;
      const before = JSON.parse(row.approvals) as string[];
      const answered = answerBefore(row, before, yes);
      if (answered !== null) return answered;
      const others = before.filter((by) => personOf(by) !== personOf(actor));
      const approvals = [...others, actor];
      if (approvals.length < row.approvalsNeeded) return record(tx, row, approvals, yes);
      const client = await bind(tx, row, yes);
      if (client === 'no-such-client') return { result: client, enrollment: row };
      if (client === null) return { result: 'conflict', enrollment: row };
      const decided = {
        state: 'approved' as const,
        clientId: client.clientId,
        decidedAt: now,
        decidedBy: actor,
        approvals: JSON.stringify(approvals),
      };
      await tx.updateTable('enrollments').set(decided).where('enrollmentId', '=', enrollmentId).execute();
      await appendAudit(tx, {
        at: now,
        actor,
        action: into === undefined ? 'enrollment.approved' : 'enrollment.merged',
        subject: enrollmentId,
        detail: {
          clientId: client.clientId,
          certificate: row.certificateSha256,
          rule: row.rule,
          approvals,
          before: row.state,
          after: 'approved',
        },
      });
      return { result: 'approved', enrollment: { ...row, ...decided } };
    });
}
