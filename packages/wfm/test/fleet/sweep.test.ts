/** Requests that nobody decides go when their device has not been heard of for long; by a given clock. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import type { Applicant, HoldTerms } from '../../src/store/ports.ts';

const day = 86_400_000;
const terms: HoldTerms = {
  rule: 'mode',
  holdReason: 'unknown',
  approvalsNeeded: 1,
  authority: null,
  labels: '{}',
  lookalike: null,
  evidence: null,
  chain: null,
};
const applicant = (name: string): Applicant => ({
  spkiSha256: name.padEnd(64, '0'),
  certificateSha256: name.padEnd(64, '1'),
  certificateDer: new Uint8Array([1]),
  subject: `CN=${name}`,
  issuer: `CN=${name}`,
  notAfter: 400 * day,
  serialNumber: '01',
  remoteAddress: '127.0.0.1',
});

it('sweeps what waits too long, keeps what is asked for again and what was decided, and says so in the audit log', async () => {
  const root = await mkdtemp(join(tmpdir(), 'muster-sweep-'));
  const store = await openStore({ url: `sqlite:${join(root, 'muster.db')}`, now: () => 0 });
  const { enrollments } = store;
  const forgotten = await enrollments.recordPending(applicant('a1'), terms, 1 * day);
  await enrollments.recordPending(applicant('b2'), terms, 1 * day);
  const rejected = await enrollments.recordPending(applicant('c3'), terms, 1 * day);
  await enrollments.reject(rejected.enrollmentId, { actor: 'op', now: 2 * day });
  await enrollments.recordPending(applicant('b2'), terms, 20 * day);
  assert.equal(await enrollments.sweepPending((30 - 30) * day, 30 * day), 0, 'not before its time');
  assert.equal(await enrollments.sweepPending((32 - 30) * day, 32 * day), 1);
  assert.equal(await enrollments.byId(forgotten.enrollmentId), null);
  assert.equal((await enrollments.byKey(applicant('b2').spkiSha256))?.state, 'pending');
  assert.equal((await enrollments.byKey(applicant('c3').spkiSha256))?.state, 'rejected');
  const entries = (await store.audit.list({ limit: 100 })).items.filter(
    (e) => e.action === 'enrollment.swept',
  );
  assert.deepEqual(
    entries.map((e) => [e.actor, e.detail['count']]),
    [['policy', 1]],
  );
  await store.close();
  await rm(root, { recursive: true, force: true });
});
