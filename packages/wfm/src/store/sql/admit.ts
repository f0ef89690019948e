/** Letting in: the transaction that makes an identity, or gives the one that the key has. */
import { sql } from 'kysely';
import type { Admitted, ClientRecord, EnrollmentStore } from '../ports.ts';
import { appendAudit, lockChain } from './audit.ts';
import { grouped } from './group-commit.ts';
import { bindKey, createClient, keepReceipt } from './identity.ts';
import { newEnrollment } from './requests.ts';
import type { Engine, Tx } from './schema.ts';

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
  const row = await tx
    .selectFrom('enrollments')
    .select('state')
    .where('spkiSha256', '=', spkiSha256)
    .executeTakeFirst();
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

/** @throws Refused, after which nothing of the transaction may stay */
async function admitOne(tx: Tx, o: Admission): Promise<Admitted> {
  const { applicant, decidedBy, terms, receipt, quota, ticketSha256, takesOver, unlessRejected, now } = o;
  const { rule } = terms;
  const head = await lockChain(tx);
  const known = await tx
    .selectFrom('clients')
    .selectAll()
    .where('spkiSha256', '=', applicant.spkiSha256)
    .executeTakeFirst();
  if (known === undefined && unlessRejected === true) await checkRejection(tx, applicant.spkiSha256);
  if (known === undefined && ticketSha256 != null) await takeTicket(tx, ticketSha256, now);
  if (known === undefined && quota != null) await checkQuota(tx, rule, quota);
  const old =
    takesOver === true && known === undefined
      ? await tx.selectFrom('clients').selectAll().where('clientId', '=', o.clientId).executeTakeFirst()
      : undefined;
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
  if (!result.created) return { result: 'admitted', ...result };
  const { clientId } = result.client;
  const decided = { state: 'approved' as const, clientId, decidedAt: now, decidedBy, reason: rule };
  await tx
    .insertInto('enrollments')
    .values({ ...newEnrollment(applicant, terms, now), ...decided })
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
  return { result: 'admitted', ...result };
}

/** Those who come at the same time are let in by one transaction: on either database, decisions are one after the other anyway. */
export function sqlAdmit(engine: Engine): EnrollmentStore['admit'] {
  const admit = grouped<Admission, Admitted>(engine, { atOnce: 1, most: 32 }, async (tx, admissions) => {
    const admitted: Admitted[] = [];
    for (const each of admissions) admitted.push(await admitOne(tx, each));
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
