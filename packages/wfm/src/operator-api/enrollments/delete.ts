import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';
import { findEnrollment } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { EnrollmentId } from '../views.ts';

/** DELETE /enrollments/:enrollmentId */
export function deleteEnrollment(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Forget an undecided or rejected request',
    tags: ['enrollments'],
    params: EnrollmentId,
    response: { 204: Type.Null() },
  };
  app.delete('/enrollments/:enrollmentId', { schema }, async (request, reply) => {
    const found = await findEnrollment(api, (request.params as { enrollmentId: string }).enrollmentId);
    if (!(await api.store.enrollments.delete(found.enrollmentId, operatorOf(request).name, api.now()))) {
      throw new HttpProblem('conflict', {
        detail: 'An approved request belongs to a client; delete the client.',
        extra: { state: found.state },
      });
    }
    return reply.code(204).send();
  });
}
