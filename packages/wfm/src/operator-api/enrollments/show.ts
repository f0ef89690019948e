import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { findEnrollment } from '../find.ts';
import { EnrollmentId, EnrollmentSchema, enrollmentView } from '../views.ts';

/** GET /enrollments/:enrollmentId */
export function showEnrollment(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'One request',
    tags: ['enrollments'],
    params: EnrollmentId,
    response: { 200: EnrollmentSchema },
  };
  app.get('/enrollments/:enrollmentId', { schema }, async (request) =>
    enrollmentView(
      await findEnrollment(api, (request.params as { enrollmentId: string }).enrollmentId),
      api.caPin(),
    ),
  );
}
