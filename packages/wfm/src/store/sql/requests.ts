/** The record of a key's request: one for each key, also for keys that came in without waiting. */
import { randomUUID } from 'node:crypto';
import type { Applicant, EnrollmentRecord, HoldTerms } from '../ports.ts';
import type { Database, Tx } from './schema.ts';
import { statement } from './statement.ts';

/** A request as it comes for the first time. */
export function newEnrollment(a: Applicant, terms: HoldTerms, now: number): EnrollmentRecord {
  const { serialNumber: _inCertificate, ...applicant } = a;
  return {
    ...applicant,
    ...terms,
    enrollmentId: randomUUID(),
    state: 'pending',
    clientId: null,
    firstSeenAt: now,
    lastSeenAt: now,
    attempts: 1,
    decidedAt: null,
    decidedBy: null,
    reason: null,
    approvals: '[]',
    approvalInto: null,
  };
}

const requestsOfKey = statement((on, { spkiSha256 }: { spkiSha256: string }) =>
  on.selectFrom('enrollments').selectAll().where('spkiSha256', '=', spkiSha256),
);

/** The request of a key. */
export async function requestOfKey(
  on: Database | Tx,
  spkiSha256: string,
): Promise<EnrollmentRecord | undefined> {
  return (await requestsOfKey(on, { spkiSha256 }))[0];
}

/** Puts a decided request on file; of one that is there, the decision alone. */
export const putDecided = statement((on, request: EnrollmentRecord) => {
  const { state, clientId, decidedAt, decidedBy, reason } = request;
  return on
    .insertInto('enrollments')
    .values(request)
    .onConflict((c) => c.column('spkiSha256').doUpdateSet({ state, clientId, decidedAt, decidedBy, reason }));
});

/**
 * Notes that a key has come in by another way than a request: by rotation, or out of another WFM. A request of it that was
 * waiting, or was turned away, is answered by this; and the key has a record that can refuse it when its client is deleted.
 */
export async function noteDecided(
  tx: Tx,
  applicant: Applicant,
  o: { clientId: string; decidedBy: string; reason: string; now: number },
): Promise<void> {
  const { clientId, decidedBy, reason, now } = o;
  const decided = { state: 'approved' as const, clientId, decidedAt: now, decidedBy, reason };
  const terms: HoldTerms = {
    rule: reason,
    holdReason: '',
    approvalsNeeded: 1,
    authority: null,
    labels: '{}',
    lookalike: null,
    evidence: null,
    chain: null,
  };
  await putDecided(tx, { ...newEnrollment(applicant, terms, now), ...decided });
}
