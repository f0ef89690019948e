import type { FastifyInstance } from 'fastify';
import { type AuthoritySort, authoritySorts } from '../../store/ports/admission.ts';
import type { OperatorApi } from '../context.ts';
import { listQuery, pageOf } from '../listing.ts';
import { pageSchema } from '../views.ts';
import { AuthoritySchema, authorityView } from './view.ts';

/** GET /device-authorities */
export function listAuthorities(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Groups of certificate authorities whose devices may be let in',
    tags: ['device-authorities'],
    querystring: listQuery(authoritySorts),
    response: { 200: pageSchema(AuthoritySchema) },
  };
  app.get('/device-authorities', { schema }, async (request) => {
    const { admission } = api.store;
    const { items, nextCursor } = await admission.listAuthorities(pageOf<AuthoritySort>(request.query));
    const [crls, inOrder] = await Promise.all([
      admission.crlsOf(items.map((a) => a.name)),
      admission.authorities(),
    ]);
    return { items: items.map((a) => authorityView(a, crls, inOrder)), nextCursor };
  });
}
