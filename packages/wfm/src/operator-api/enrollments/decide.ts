import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { findClient, findEnrollment } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { EnrollmentId, EnrollmentSchema, enrollmentView, reasonBody, reasonOf } from '../views.ts';

/** What an operator says with a decision. */
interface Words {
  readonly reason?: string | undefined;
  /** An existing client that gets the new key: the same machine with another key, or its replacement. */
  readonly into?: string | undefined;
}

/** Reads what came with a decision. */
export function wordsOf(body: unknown): Words {
  const into =
    typeof body === 'object' && body !== null && 'into' in body ? (body.into as unknown) : undefined;
  return { reason: reasonOf(body), into: typeof into === 'string' ? into : undefined };
}

/**
 * Decides a request; the same decision again changes nothing.
 * @throws HttpProblem `not-found`, `conflict` with the present state
 */
export async function decideEnrollment(
  api: OperatorApi,
  verdict: 'approve' | 'reject',
  id: string,
  actor: string,
  { reason, into }: Words,
): Promise<object> {
  const found = await findEnrollment(api, id);
  const now = api.now();
  const target = into === undefined ? undefined : (await findClient(api, into)).clientId;
  const decision =
    verdict === 'approve'
      ? await api.store.enrollments.approve(found.enrollmentId, {
          clientId: randomUUID(),
          actor,
          now,
          into: target,
        })
      : await api.store.enrollments.reject(found.enrollmentId, { actor, reason, now });
  const { enrollment } = decision;
  if (enrollment === undefined) throw new HttpProblem('not-found', { detail: 'The request is gone.' });
  if (decision.result === 'no-such-client')
    throw conflict(
      enrollment.state,
      'The client that should get this key is retired or gone. Readmit it, or approve the request for a new client.',
    );
  if (decision.result === 'disagreement') {
    const { approvalInto } = enrollment;
    const whose = approvalInto === null ? 'a new client' : `the client ${approvalInto}`;
    throw conflict(
      enrollment.state,
      `The first approval gives this key to ${whose}, this one to another. Say the same, or reject the request.`,
      { approvals: JSON.parse(enrollment.approvals) as unknown, approvalInto },
    );
  }
  if (decision.result === 'conflict') {
    const next = {
      rejected: `Delete it (muster clients delete ${found.enrollmentId}) and let the device ask again, or pre-authorise its certificate.`,
      approved: 'Block or retire the client instead.',
      pending: 'Its key belongs, or belonged, to a client already; reject the request.',
    }[enrollment.state];
    throw conflict(enrollment.state, `The request is ${enrollment.state}. ${next}`);
  }
  api.decisions.decided(enrollment.spkiSha256);
  return enrollmentView(enrollment, api.caPin());
}

/** POST /enrollments/:enrollmentId/approve|reject */
export function decideRequest(app: FastifyInstance, api: OperatorApi): void {
  for (const verdict of ['approve', 'reject'] as const) {
    const schema = {
      summary: `${verdict} a request`,
      tags: ['enrollments'],
      params: EnrollmentId,
      body: reasonBody(verdict === 'approve' ? { into: { type: 'string', maxLength: 200 } } : {}),
      response: { 200: EnrollmentSchema },
    };
    app.post(`/enrollments/:enrollmentId/${verdict}`, { schema }, (request) => {
      const { enrollmentId } = request.params as { enrollmentId: string };
      return decideEnrollment(api, verdict, enrollmentId, operatorOf(request).name, wordsOf(request.body));
    });
  }
}
