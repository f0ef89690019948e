import type { FastifyInstance } from 'fastify';
import type { EnrollmentState } from '../../store/ports.ts';
import type { OperatorApi } from '../context.ts';
import { EnrollmentSchema, enrollmentView, fingerprintHex, PageQuery, pageSchema } from '../views.ts';

type Query = { limit?: number; cursor?: string; state?: EnrollmentState; fingerprint?: string };

/** GET /enrollments */
export function listEnrollments(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Requests to be let in',
    tags: ['enrollments'],
    querystring: PageQuery,
    response: { 200: pageSchema(EnrollmentSchema) },
  };
  app.get('/enrollments', { schema }, async (request) => {
    const { limit = 100, cursor, state, fingerprint } = request.query as Query;
    const page = await api.store.enrollments.list({
      limit,
      cursor,
      state,
      fingerprintPrefix: fingerprint === undefined ? undefined : fingerprintHex(fingerprint),
    });
    return { items: page.items.map((e) => enrollmentView(e, api.caPin())), nextCursor: page.nextCursor };
  });
}
