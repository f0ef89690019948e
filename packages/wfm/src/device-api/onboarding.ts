/** POST /api/v1/onboarding: from a proven certificate to a clientId, or to a clear no. */
import { createHash, randomUUID } from 'node:crypto';
import { CertificateError } from '@muster/pki';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { applicantOf } from '../admission/applicant.ts';
import {
  type AdmissionDecision,
  type AdmissionFacts,
  type Claim,
  decideAdmission,
} from '../admission/decide.ts';
import { type Evidence, gatherEvidence } from '../admission/evidence.ts';
import type { Policy } from '../admission/policy.ts';
import { authenticateApplicant, type ProvenApplicant } from '../authenticate/applicant.ts';
import { type ReceivedRequest, receivedRequest } from '../authenticate/context.ts';
import { continuityField, readProof } from '../fleet/continuity.ts';
import { HttpProblem } from '../http/problem.ts';
import type { Admitted, Applicant, ClientRecord, HoldTerms, Receipt } from '../store/ports.ts';
import { approvedByOperator } from '../store/ports/enrollments.ts';
import { requireJson } from './content-type.ts';
import { acceptSignature, type DeviceApi } from './context.ts';
import { nextProof } from './continuity.ts';
import { rotateKey } from './rotation.ts';
import { rejectedText } from '../admission/rejected.ts';

function receiptOf(request: ReceivedRequest, targetUri: string): Receipt {
  return { method: request.method, targetUri, fields: request.fields, body: request.body };
}

function evidenceOf(api: DeviceApi, proven: ProvenApplicant, { groups, groupsVersion }: Policy): Evidence {
  try {
    return gatherEvidence({
      leaf: proven.leaf,
      sent: proven.intermediates,
      keyProtection: proven.keyProtection ?? null,
      groups,
      groupsVersion,
      now: new Date(api.now()),
    });
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    const { seen, expected, nextStep } = error;
    throw new HttpProblem('invalid-certificate-format', {
      detail: `${error.message} ${nextStep}`,
      extra: { check: error.code, seen, expected, nextStep },
    });
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The identity that a ticket or a proof of this WFM's own sets aside for this key. */
async function claimOf(api: DeviceApi, proven: ProvenApplicant, isUndecided: boolean): Promise<Claim | null> {
  const { ticket, continuity, leaf } = proven;
  if (ticket !== undefined) {
    const found = await api.store.admission.ticket(hashOf(ticket), api.now());
    if (found === null)
      throw new HttpProblem('client-rejected', {
        detail: 'The ticket is unknown, used up or expired. Ask the operator for a new one.',
        extra: { rule: 'ticket' },
      });
    const labels = JSON.parse(found.labels) as Record<string, string>;
    return { kind: 'ticket', clientId: found.clientId, decidedBy: found.createdBy, labels };
  }
  const proof = readProof(api.continuityKey, leaf.spkiSha256, continuity);
  // Only for what the WFM has no memory of at all: a decision on file always counts more.
  if (proof === null || !isUndecided || (await api.store.clients.byId(proof.clientId)) !== null) return null;
  return { kind: 'proof', clientId: proof.clientId, decidedBy: 'proof', labels: {} };
}

interface Asked {
  readonly facts: AdmissionFacts;
  readonly decision: AdmissionDecision;
  readonly client: ClientRecord | null;
}

async function decide(api: DeviceApi, proven: ProvenApplicant, applicant: Applicant): Promise<Asked> {
  const { store } = api;
  const { spkiSha256, certificateSha256, subject } = applicant;
  const present = await store.clients.byKey(spkiSha256);
  const owner = present === null ? await store.clients.keyOnFile(spkiSha256) : null;
  // Within the overlap of a rotation the key before still is the client's: its device may have missed the answer.
  const isOverlap = owner !== null && owner.state === 'previous' && (owner.until ?? 0) > api.now();
  const client = isOverlap ? await store.clients.byId(owner.clientId) : present;
  const policy = await api.policy.current();
  const evidence = evidenceOf(api, proven, policy);
  const enrollment = client === null ? await store.enrollments.byKey(spkiSha256) : null;
  const match = client === null ? await store.preauthorizations.match(certificateSha256, spkiSha256) : null;
  const isUndecided =
    client === null && owner === null && (enrollment === null || enrollment.state === 'pending');
  const claim = client === null && owner === null ? await claimOf(api, proven, isUndecided) : null;
  const isStranger = client === null && match === null && claim === null;
  const authority = evidence.chain?.result === 'valid' ? evidence.chain.authority : null;
  const quotas = new Map<string, number>();
  if (isStranger)
    for (const rule of policy.rules)
      if (rule.quota !== undefined) quotas.set(rule.name, await store.admission.countByRule(rule.name));
  const facts: AdmissionFacts = {
    mode: api.admission,
    client: client?.state ?? null,
    keyGivenUp: client === null && owner !== null,
    enrollment: enrollment?.state ?? null,
    rejectedBecause: enrollment?.reason ?? null,
    preauthorizedBy: match?.createdBy ?? null,
    claim,
    evidence,
    rules: policy.rules,
    usedQuota: (rule) => quotas.get(rule) ?? 0,
    lookalike:
      isStranger && authority !== null ? await store.clients.lookalike(subject, authority, spkiSha256) : null,
    webhook: null,
    now: api.now(),
    pending: isStranger && enrollment === null ? await store.enrollments.countPending() : 0,
    pendingLimit: api.limits.pendingEnrollments,
  };
  return { facts, decision: decideAdmission(facts), client };
}

/** What would wait for an operator may be decided by a webhook first. */
async function askWebhook(
  api: DeviceApi,
  asked: Asked,
  proven: ProvenApplicant,
  from: string,
): Promise<Asked> {
  const { facts, decision } = asked;
  if (decision.verdict !== 'hold' || decision.ask === null) return asked;
  const { rule, reason } = decision;
  const { evidence } = facts;
  const webhook = await api.asker.ask({ leaf: proven.leaf, evidence, remoteAddress: from, rule, reason });
  return { ...asked, decision: decideAdmission({ ...facts, webhook }) };
}

function termsOf(decision: AdmissionDecision, proven: ProvenApplicant, evidence: Evidence): HoldTerms {
  const isOpen = decision.verdict === 'hold' || decision.verdict === 'admit';
  const chain = proven.intermediates.map((c) => c.pem).join('');
  return {
    rule: decision.rule,
    holdReason: decision.reason,
    approvalsNeeded: decision.verdict === 'hold' ? decision.approvals : 1,
    authority: isOpen ? decision.authority : null,
    labels: JSON.stringify(isOpen ? decision.labels : {}),
    lookalike: decision.verdict === 'hold' ? decision.lookalike : null,
    evidence: JSON.stringify(evidence),
    chain: chain === '' ? null : Buffer.from(chain, 'latin1'),
  };
}

const notAdmitted: Readonly<Record<Exclude<Admitted['result'], 'admitted'>, string>> = {
  'quota-used': 'The quota of the rule was used up in the meantime.',
  rejected: 'An operator has rejected this request.',
  'ticket-used': 'The ticket is unknown, used up or expired. Ask the operator for a new one.',
  'key-given-up': 'This key was replaced by another one and does not come back.',
  'identity-taken': 'The identity that was set aside does not exist, or belongs to another key.',
};

/** Makes the handler. */
export function postOnboarding(api: DeviceApi) {
  let held = 0;

  /** Waits for a decision: long enough to be let in at once, short enough for clients and proxies that give up early. */
  async function waitForDecision(
    applicant: Applicant,
    terms: HoldTerms,
    receipt: Receipt,
    since: number,
    signal: AbortSignal,
  ): Promise<string> {
    const until = since + api.holdSeconds * 1000;
    const request = await api.store.enrollments.recordPending(applicant, terms, api.now());
    const mayWait = held < api.limits.heldRequests;
    if (mayWait) held++;
    try {
      for (;;) {
        const now = await api.store.enrollments.byKey(applicant.spkiSha256);
        if (now?.state === 'approved' && now.clientId !== null) {
          await api.store.enrollments.keepReceipt({
            applicant,
            receipt,
            clientId: now.clientId,
            decidedBy: now.decidedBy ?? '',
            rule: approvedByOperator,
            now: api.now(),
          });
          return now.clientId;
        }
        if (now?.state === 'rejected')
          throw new HttpProblem('client-rejected', { detail: rejectedText(now.reason) });
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

  async function letIn(
    { facts, decision, client }: Asked,
    proven: ProvenApplicant,
    applicant: Applicant,
    terms: HoldTerms,
    receipt: Receipt,
  ): Promise<string> {
    const isAdmission = decision.verdict === 'admit';
    const admitted = await api.store.enrollments.admit({
      applicant,
      clientId: (isAdmission ? decision.clientId : client?.clientId) ?? randomUUID(),
      decidedBy: isAdmission ? decision.decidedBy : 'already onboarded',
      terms,
      receipt,
      quota: isAdmission ? decision.quota : null,
      ticketSha256: decision.rule === 'ticket' && proven.ticket !== undefined ? hashOf(proven.ticket) : null,
      isClaimed: isAdmission && decision.clientId !== null,
      takesOver: isAdmission && decision.takesOver,
      unlessRejected: facts.enrollment !== 'rejected',
      now: api.now(),
    });
    if (admitted.result !== 'admitted')
      throw new HttpProblem('client-rejected', {
        detail: notAdmitted[admitted.result],
        extra: { rule: decision.rule },
      });
    // A block may have come between the decision and the commit, or with it.
    if (admitted.client.state !== 'active')
      throw new HttpProblem('client-blocked', {
        detail: admitted.client.blockedReason ?? 'An operator has blocked this client.',
      });
    const { clientId } = admitted.client;
    if (admitted.created)
      api.log.info(
        { clientId, rule: decision.rule, certificate: applicant.certificateSha256 },
        'client admitted',
      );
    return clientId;
  }

  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    requireJson(request);
    const since = api.now();
    const received = receivedRequest(api, request);
    const proven = await authenticateApplicant(api, received);
    const applicant = applicantOf(proven.leaf, received.remoteAddress);
    const receipt = receiptOf(received, proven.targetUri);
    const first = await decide(api, proven, applicant);
    const { facts } = first;
    let isNew = false;
    let clientId = await rotateKey(api, { received, applicant, receipt, facts });
    if (clientId === null) {
      const asked = await askWebhook(api, first, proven, received.remoteAddress);
      const { decision } = asked;
      if (decision.verdict === 'refuse')
        throw new HttpProblem(decision.code, {
          detail: decision.reason,
          retryAfterSeconds: decision.retryAfterSeconds ?? undefined,
          extra: { rule: decision.rule },
        });
      const terms = termsOf(decision, proven, facts.evidence);
      if (decision.verdict === 'hold') {
        const gone = new AbortController();
        request.raw.socket.once('close', () => gone.abort());
        clientId = await waitForDecision(applicant, terms, receipt, since, gone.signal);
        isNew = true;
      } else {
        clientId = await letIn(asked, proven, applicant, terms, receipt);
        isNew = decision.verdict === 'admit' && !decision.takesOver;
      }
    }
    api.seen(clientId);
    reply.header('accept-signature', acceptSignature);
    reply.header(continuityField, await nextProof(api, clientId, proven, isNew));
    return reply.code(201).send({ clientId });
  };
}
