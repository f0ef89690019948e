import type { FastifyInstance } from 'fastify';
import {
  type EnrollmentFilter,
  type EnrollmentSort,
  enrollmentSorts,
} from '../../store/ports/enrollments.ts';
import type { OperatorApi } from '../context.ts';
import { filters, listQuery, oneOf, pageOf } from '../listing.ts';
import { EnrollmentSchema, enrollmentView, fingerprintHex, pageSchema } from '../views.ts';

type Query = Omit<EnrollmentFilter, 'fingerprintPrefix'> & { fingerprint?: string };

/** GET /enrollments */
export function listEnrollments(app: FastifyInstance, api: OperatorApi): void {
  const { text, fingerprint, authority } = filters;
  const states = oneOf('pending', 'approved', 'rejected');
  const schema = {
    summary: 'Requests to be let in',
    tags: ['enrollments'],
    querystring: listQuery(enrollmentSorts, { state: states, text, fingerprint, authority }),
    response: { 200: pageSchema(EnrollmentSchema) },
  };
  app.get('/enrollments', { schema }, async (request) => {
    const asked = request.query as Query;
    const page = await api.store.enrollments.list({
      ...pageOf<EnrollmentSort>(asked),
      state: asked.state,
      text: asked.text,
      authority: asked.authority,
      fingerprintPrefix: asked.fingerprint === undefined ? undefined : fingerprintHex(asked.fingerprint),
    });
    return { items: page.items.map((e) => enrollmentView(e, api.caPin())), nextCursor: page.nextCursor };
  });
}
