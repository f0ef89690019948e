import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';
import { findEnrollment } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { EnrollmentId, enrollmentView } from '../views.ts';

/**
 * Decides a request; the same decision again changes nothing.
 * @throws HttpProblem `not-found`, `conflict` with the present state
 */
export async function decideEnrollment(
  api: OperatorApi,
  verdict: 'approve' | 'reject',
  id: string,
  actor: string,
  reason: string | undefined,
): Promise<object> {
  const found = await findEnrollment(api, id);
  const now = api.now();
  const decision =
    verdict === 'approve'
      ? await api.store.enrollments.approve(found.enrollmentId, { clientId: randomUUID(), actor, now })
      : await api.store.enrollments.reject(found.enrollmentId, { actor, reason, now });
  const { enrollment } = decision;
  if (enrollment === undefined) throw new HttpProblem('not-found', { detail: 'The request is gone.' });
  if (decision.result === 'conflict') {
    const next =
      enrollment.state === 'rejected'
        ? `Delete it (muster clients delete ${found.enrollmentId}) and let the device ask again, or pre-authorise its certificate.`
        : 'Block or retire the client instead.';
    throw new HttpProblem('conflict', {
      detail: `The request is already ${enrollment.state}. ${next}`,
      extra: { state: enrollment.state },
    });
  }
  api.decisions.decided(enrollment.spkiSha256);
  return enrollmentView(enrollment, api.caPin);
}

/** POST /enrollments/:enrollmentId/approve|reject */
export function decideRequest(app: FastifyInstance, api: OperatorApi): void {
  for (const verdict of ['approve', 'reject'] as const) {
    const schema = { summary: `${verdict} a request`, tags: ['enrollments'], params: EnrollmentId };
    app.post(`/enrollments/:enrollmentId/${verdict}`, { schema }, (request) => {
      const body = request.body as { reason?: unknown } | undefined | null;
      const reason = typeof body?.reason === 'string' ? body.reason.slice(0, 500) : undefined;
      const { enrollmentId } = request.params as { enrollmentId: string };
      return decideEnrollment(api, verdict, enrollmentId, operatorOf(request).name, reason);
    });
  }
}
