/** Letting in: the transaction that makes an identity, or gives the one that the key has. */
import { sql } from 'kysely';
import type { ChainHead } from '../../audit/chain.ts';
import type { Admitted, Applicant, ClientRecord, EnrollmentStore, Receipt } from '../ports.ts';
import { approvedByOperator } from '../ports/enrollments.ts';
import { appendAudit, lockChain } from './audit.ts';
import { grouped } from './group-commit.ts';
import { bindKey, clientOfId, clientOfKey, createClient, keepReceipt } from './identity.ts';
import { newEnrollment, putDecided, requestOfKey } from './requests.ts';
import type { Engine, Tx } from './schema.ts';
import { statement } from './statement.ts';

type Admission = Parameters<EnrollmentStore['admit']>[0];

class Refused extends Error {
  readonly result: Exclude<Admitted['result'], 'admitted'>;

  constructor(result: Exclude<Admitted['result'], 'admitted'>) {
    super(result);
    this.result = result;
  }
}

async function takeTicket(tx: Tx, ticketSha256: string, now: number): Promise<void> {
  const row = await tx
    .updateTable('tickets')
    .set({ usesLeft: sql<number>`"usesLeft" - 1`, usedAt: now })
    .where('ticketSha256', '=', ticketSha256)
    .where('usesLeft', '>', 0)
    .where('expiresAt', '>', now)
    .returning('ticketSha256')
    .executeTakeFirst();
  if (row === undefined) throw new Refused('ticket-used');
}

async function checkRejection(tx: Tx, spkiSha256: string): Promise<void> {
  const row = await requestOfKey(tx, spkiSha256);
  if (row?.state === 'rejected') throw new Refused('rejected');
}

async function checkQuota(tx: Tx, rule: string, quota: number): Promise<void> {
  const row = await tx
    .selectFrom('clients')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('rule', '=', rule)
    .executeTakeFirstOrThrow();
  if (Number(row.n) >= quota) throw new Refused('quota-used');
}

const noteUsed = statement((on, v: { certificateSha256: string; spkiSha256: string; usedAt: number }) =>
  on
    .updateTable('preauthorizations')
    .set({ usedAt: v.usedAt })
    .where('fingerprint', 'in', [v.certificateSha256, v.spkiSha256])
    .where('usedAt', 'is', null),
);

const receiptsOfKey = statement((on, { spkiSha256 }: { spkiSha256: string }) =>
  on.selectFrom('receipts').select('createdAt').where('spkiSha256', '=', spkiSha256).limit(1),
);

/** Whoever was approved while it was away comes for the first time now: this request is the evidence behind its identity. */
async function keepFirst(
  tx: Tx,
  receipt: Receipt,
  applicant: Applicant,
  { clientId, state, lastSeenAt, ...client }: ClientRecord,
  now: number,
): Promise<void> {
  const { spkiSha256 } = applicant;
  if (state !== 'active' || lastSeenAt !== null) return;
  if ((await receiptsOfKey(tx, { spkiSha256 })).length > 0) return;
  const request = await requestOfKey(tx, spkiSha256);
  const isApproved = request?.state === 'approved' && request.clientId === clientId;
  const rule = isApproved ? approvedByOperator : 'already onboarded';
  const decidedBy = (isApproved ? request.decidedBy : null) ?? client.decidedBy;
  await keepReceipt(tx, receipt, applicant, { rule, decidedBy, clientId, now });
}

/**
 * @param head of the audit log, which this transaction has locked
 * @returns with it the new head
 * @throws Refused, after which nothing of the transaction may stay
 */
async function admitOne(
  tx: Tx,
  o: Admission,
  head: ChainHead,
): Promise<{ admitted: Admitted; head: ChainHead }> {
  const { applicant, decidedBy, terms, receipt, quota, ticketSha256, takesOver, unlessRejected, now } = o;
  const { rule } = terms;
  const known = await clientOfKey(tx, applicant.spkiSha256);
  if (known === undefined && unlessRejected === true) await checkRejection(tx, applicant.spkiSha256);
  if (known === undefined && ticketSha256 != null) await takeTicket(tx, ticketSha256, now);
  if (known === undefined && quota != null) await checkQuota(tx, rule, quota);
  const old = takesOver === true && known === undefined ? await clientOfId(tx, o.clientId) : undefined;
  let result: { client: ClientRecord; created: boolean };
  if (takesOver === true && known === undefined) {
    if (old === undefined) throw new Refused('identity-taken');
    const client = await bindKey(tx, old, applicant, { until: null, now });
    if (client === null) throw new Refused('key-given-up');
    result = { client, created: true };
  } else {
    const made = await createClient(tx, applicant, {
      ...terms,
      clientId: o.clientId,
      isClaimed: o.isClaimed,
      decidedBy,
      now,
    });
    if (typeof made === 'string') throw new Refused(made);
    result = made;
  }
  if (!result.created && receipt !== null) await keepFirst(tx, receipt, applicant, result.client, now);
  // A renewal has written into the log itself.
  if (!result.created) return { admitted: { result: 'admitted', ...result }, head: await lockChain(tx) };
  const { clientId } = result.client;
  const decided = { state: 'approved' as const, clientId, decidedAt: now, decidedBy, reason: rule };
  await putDecided(tx, { ...newEnrollment(applicant, terms, now), ...decided });
  const { certificateSha256, spkiSha256 } = applicant;
  await noteUsed(tx, { certificateSha256, spkiSha256, usedAt: now });
  if (receipt !== null) await keepReceipt(tx, receipt, applicant, { rule, decidedBy, clientId, now });
  const next = await appendAudit(
    tx,
    {
      at: now,
      actor: decidedBy,
      action: old === undefined ? 'client.admitted' : 'client.takenOver',
      subject: clientId,
      detail: {
        rule,
        certificate: applicant.certificateSha256,
        key: applicant.spkiSha256,
        from: applicant.remoteAddress,
        ...(old === undefined ? {} : { before: old.spkiSha256, after: applicant.spkiSha256 }),
      },
    },
    head,
  );
  return { admitted: { result: 'admitted', ...result }, head: next };
}

/** Those who come at the same time are let in by one transaction: on either database, decisions are one after the other anyway. */
export function sqlAdmit(engine: Engine): EnrollmentStore['admit'] {
  const admit = grouped<Admission, Admitted>(engine, { atOnce: 1, most: 32 }, async (tx, admissions) => {
    const admitted: Admitted[] = [];
    let head = await lockChain(tx);
    for (const each of admissions) {
      const done = await admitOne(tx, each, head);
      admitted.push(done.admitted);
      head = done.head;
    }
    return admitted;
  });
  return async (admission) => {
    try {
      return await admit(admission);
    } catch (error) {
      if (error instanceof Refused) return { result: error.result };
      throw error;
    }
  };
}
