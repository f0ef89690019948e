/** enrollments: the requests to be let in, and the decision about them. */
import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/problem.ts';
import type { EnrollmentState } from '../store/ports.ts';
import type { OperatorApi } from './context.ts';
import { findEnrollment } from './find.ts';
import { enrollmentView, fingerprintHex, PageQuery, pageSchema } from './views.ts';

const Id = Type.Object({ enrollmentId: Type.String({ maxLength: 200 }) });

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

/** Adds the routes. */
export function enrollmentRoutes(
  app: FastifyInstance,
  api: OperatorApi,
  actor: (request: FastifyRequest) => string,
): void {
  const schema = { tags: ['enrollments'] };
  app.get(
    '/enrollments',
    {
      schema: {
        ...schema,
        summary: 'Requests to be let in',
        querystring: PageQuery,
        response: { 200: pageSchema({ type: 'object', additionalProperties: true }) },
      },
    },
    async (request) => {
      const {
        limit = 100,
        cursor,
        state,
        fingerprint,
      } = request.query as { limit?: number; cursor?: string; state?: EnrollmentState; fingerprint?: string };
      const page = await api.store.enrollments.list({
        limit,
        cursor,
        state,
        fingerprintPrefix: fingerprint === undefined ? undefined : fingerprintHex(fingerprint),
      });
      return { items: page.items.map((e) => enrollmentView(e, api.caPin)), nextCursor: page.nextCursor };
    },
  );
  app.get(
    '/enrollments/:enrollmentId',
    { schema: { ...schema, summary: 'One request', params: Id } },
    async (request) => {
      return enrollmentView(
        await findEnrollment(api, (request.params as { enrollmentId: string }).enrollmentId),
        api.caPin,
      );
    },
  );
  for (const verdict of ['approve', 'reject'] as const) {
    app.post(
      `/enrollments/:enrollmentId/${verdict}`,
      { schema: { ...schema, summary: `${verdict} a request`, params: Id } },
      (request) => {
        const body = request.body as { reason?: unknown } | undefined | null;
        const reason = typeof body?.reason === 'string' ? body.reason.slice(0, 500) : undefined;
        return decideEnrollment(
          api,
          verdict,
          (request.params as { enrollmentId: string }).enrollmentId,
          actor(request),
          reason,
        );
      },
    );
  }
  app.delete(
    '/enrollments/:enrollmentId',
    { schema: { ...schema, summary: 'Forget an undecided or rejected request', params: Id } },
    async (request, reply) => {
      const found = await findEnrollment(api, (request.params as { enrollmentId: string }).enrollmentId);
      if (!(await api.store.enrollments.delete(found.enrollmentId, actor(request), api.now()))) {
        throw new HttpProblem('conflict', {
          detail: 'An approved request belongs to a client; delete the client.',
          extra: { state: found.state },
        });
      }
      return reply.code(204).send();
    },
  );
}
