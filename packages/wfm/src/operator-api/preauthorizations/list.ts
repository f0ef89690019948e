import type { FastifyInstance } from 'fastify';
import { type PreauthorizationSort, preauthorizationSorts } from '../../store/ports/preauthorizations.ts';
import type { OperatorApi } from '../context.ts';
import { filters, listQuery, oneOf, pageOf } from '../listing.ts';
import { fingerprintHex, pageSchema, PreauthorizationSchema, preauthorizationView } from '../views.ts';

interface Query {
  readonly state?: 'unused' | 'used';
  readonly kind?: 'certificate' | 'key';
  readonly fingerprint?: string;
}

/** GET /preauthorizations */
export function listPreauthorizations(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'What is let in when it comes',
    tags: ['preauthorizations'],
    querystring: listQuery(preauthorizationSorts, {
      state: oneOf('unused', 'used'),
      kind: oneOf('certificate', 'key'),
      fingerprint: filters.fingerprint,
    }),
    response: { 200: pageSchema(PreauthorizationSchema) },
  };
  app.get('/preauthorizations', { schema }, async (request) => {
    const { state, kind, fingerprint } = request.query as Query;
    const page = await api.store.preauthorizations.list({
      ...pageOf<PreauthorizationSort>(request.query),
      isUsed: state === undefined ? undefined : state === 'used',
      kind,
      fingerprintPrefix: fingerprint === undefined ? undefined : fingerprintHex(fingerprint),
    });
    return { items: page.items.map(preauthorizationView), nextCursor: page.nextCursor };
  });
}
