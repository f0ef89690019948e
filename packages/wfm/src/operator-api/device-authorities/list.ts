import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { AuthoritySchema, authorityView } from './view.ts';

/** GET /device-authorities */
export function listAuthorities(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Groups of certificate authorities whose devices may be let in',
    tags: ['device-authorities'],
    response: { 200: Type.Object({ items: Type.Array(AuthoritySchema), nextCursor: Type.Null() }) },
  };
  app.get('/device-authorities', { schema }, async () => {
    const crls = await api.store.admission.crls();
    const authorities = await api.store.admission.authorities();
    return { items: authorities.map((a) => authorityView(a, crls)), nextCursor: null };
  });
}
