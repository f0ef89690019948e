import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { checkEnded, conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { lookUpEnrollment, noEnrollmentText } from '../find.ts';
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
    const { enrollmentId: id } = request.params as { enrollmentId: string };
    const found = await lookUpEnrollment(api, id);
    if (found === null) await checkEnded(api, id, ['enrollment.deleted'], noEnrollmentText(id));
    else if (!(await api.store.enrollments.delete(found.enrollmentId, operatorOf(request).name, api.now()))) {
      const now = await api.store.enrollments.byId(found.enrollmentId);
      if (now !== null)
        throw conflict(
          now.state,
          'An approved request belongs to a client; delete the client: muster clients delete',
        );
    }
    return reply.code(204).send();
  });
}
