import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { decideEnrollment, wordsOf } from '../enrollments/decide.ts';
import { operatorOf } from '../operator.ts';
import { ClientId, EnrollmentSchema, reasonBody } from '../views.ts';

/** POST /clients/:clientId/approve|reject: the request of a client, by its fingerprint. */
export function decideClient(app: FastifyInstance, api: OperatorApi): void {
  for (const verdict of ['approve', 'reject'] as const) {
    const schema = {
      summary: `${verdict} the request of a client, by its fingerprint`,
      tags: ['clients'],
      params: ClientId,
      body: reasonBody(verdict === 'approve' ? { into: { type: 'string', maxLength: 200 } } : {}),
      response: { 200: EnrollmentSchema },
    };
    app.post(`/clients/:clientId/${verdict}`, { schema }, (request) =>
      decideEnrollment(
        api,
        verdict,
        (request.params as { clientId: string }).clientId,
        operatorOf(request).name,
        wordsOf(request.body),
      ),
    );
  }
}
