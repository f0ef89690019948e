/** POST /api/v1/onboarding: from a proven certificate to a clientId, or to a clear no. */
import { randomUUID } from 'node:crypto';
import type { Certificate } from '@muster/pki';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { decideAdmission } from '../admission/decide.ts';
import { authenticateApplicant } from '../authenticate/applicant.ts';
import { type ReceivedRequest, receivedRequest } from '../authenticate/context.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Applicant, Receipt } from '../store/ports.ts';
import { requireJson } from './content-type.ts';
import { acceptSignature, type DeviceApi } from './context.ts';

function applicantOf(leaf: Certificate, remoteAddress: string): Applicant {
  const { spkiSha256, sha256, der, subject, issuer, notAfter } = leaf;
  return {
    spkiSha256,
    certificateSha256: sha256,
    certificateDer: der,
    subject: subject.slice(0, 1024),
    issuer: issuer.slice(0, 1024),
    notAfter: notAfter.getTime(),
    remoteAddress,
  };
}

function receiptOf(request: ReceivedRequest, targetUri: string): Receipt {
  return { method: request.method, targetUri, fields: request.fields, body: request.body };
}

async function factsOf(api: DeviceApi, applicant: Applicant): Promise<Parameters<typeof decideAdmission>[0]> {
  const { store } = api;
  const client = await store.clients.byKey(applicant.spkiSha256);
  const base = {
    mode: api.admission,
    client: client?.state ?? null,
    pendingLimit: api.limits.pendingEnrollments,
  };
  if (client !== null) return { ...base, enrollment: null, preauthorizedBy: null, pending: 0 };
  const match = await store.preauthorizations.match(applicant.certificateSha256, applicant.spkiSha256);
  const enrollment = await store.enrollments.byKey(applicant.spkiSha256);
  const pending =
    api.admission === 'hold' && enrollment === null && match === null
      ? await store.enrollments.countPending()
      : 0;
  return {
    ...base,
    enrollment: enrollment?.state ?? null,
    preauthorizedBy: match?.createdBy ?? null,
    pending,
  };
}

/** Makes the handler. */
export function postOnboarding(api: DeviceApi) {
  let held = 0;

  /** Waits for a decision: long enough to be let in at once, short enough for clients and proxies that give up early. */
  async function waitForDecision(
    applicant: Applicant,
    receipt: Receipt,
    signal: AbortSignal,
  ): Promise<string> {
    const until = api.now() + api.holdSeconds * 1000;
    const request = await api.store.enrollments.recordPending(applicant, api.now());
    const mayWait = held < api.limits.heldRequests;
    if (mayWait) held++;
    try {
      for (;;) {
        const now = await api.store.enrollments.byKey(applicant.spkiSha256);
        if (now?.state === 'approved' && now.clientId !== null) {
          const rule = 'approved by an operator';
          await api.store.enrollments.keepReceipt({
            applicant,
            receipt,
            clientId: now.clientId,
            decidedBy: now.decidedBy ?? '',
            rule,
            now: api.now(),
          });
          return now.clientId;
        }
        if (now?.state === 'rejected')
          throw new HttpProblem('client-rejected', { detail: 'An operator has rejected this request.' });
        const left = until - api.now();
        if (!mayWait || left <= 0 || signal.aborted) break;
        // The signal covers this process; other instances on the database are noticed by reading again.
        await api.decisions.wait(applicant.spkiSha256, Math.min(left, 1000), signal);
      }
    } finally {
      if (mayWait) held--;
    }
    throw new HttpProblem('client-approval-pending', {
      detail: `An operator has to approve this device; compare the pairing words and run: muster clients approve ${applicant.certificateSha256.slice(0, 16)}`,
      retryAfterSeconds: api.retryAfterSeconds,
      headers: { 'accept-signature': acceptSignature },
      extra: { enrollmentId: request.enrollmentId },
    });
  }

  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    requireJson(request);
    const received = receivedRequest(api, request);
    const { leaf, targetUri } = await authenticateApplicant(api, received);
    const applicant = applicantOf(leaf, received.remoteAddress);
    const receipt = receiptOf(received, targetUri);
    const decision = decideAdmission(await factsOf(api, applicant));
    let clientId: string;
    if (decision.verdict === 'refuse') {
      const slow = decision.code === 'too-many-requests' ? { retryAfterSeconds: 60 } : {};
      throw new HttpProblem(decision.code, {
        detail: decision.reason,
        ...slow,
        extra: { rule: decision.rule },
      });
    }
    if (decision.verdict === 'hold') {
      const gone = new AbortController();
      request.raw.socket.once('close', () => gone.abort());
      clientId = await waitForDecision(applicant, receipt, gone.signal);
    } else {
      const decidedBy = decision.verdict === 'admit' ? decision.decidedBy : 'already onboarded';
      const admitted = await api.store.enrollments.admit({
        applicant,
        clientId: randomUUID(),
        decidedBy,
        rule: decision.rule,
        receipt,
        now: api.now(),
      });
      // A block may have come between the decision and the commit.
      if (admitted.client.state !== 'active')
        throw new HttpProblem('client-blocked', { detail: 'An operator has blocked this client.' });
      clientId = admitted.client.clientId;
      if (admitted.created)
        api.log.info(
          { clientId, rule: decision.rule, certificate: applicant.certificateSha256 },
          'client admitted',
        );
    }
    api.seen(clientId);
    reply.header('accept-signature', acceptSignature);
    return reply.code(201).send({ clientId });
  };
}
