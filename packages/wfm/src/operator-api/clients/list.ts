import type { FastifyInstance } from 'fastify';
import type { ClientFilter } from '../../store/ports.ts';
import type { OperatorApi } from '../context.ts';
import { ClientSchema, clientView, fingerprintHex, PageQuery, pageSchema } from '../views.ts';

type Query = Omit<ClientFilter, 'fingerprintPrefix'> & {
  limit?: number;
  cursor?: string;
  fingerprint?: string;
};

/** GET /clients */
export function listClients(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Onboarded clients',
    tags: ['clients'],
    querystring: PageQuery,
    response: { 200: pageSchema(ClientSchema) },
  };
  app.get('/clients', { schema }, async (request) => {
    const { limit = 100, cursor, state, text, authority, label, fingerprint } = request.query as Query;
    const page = await api.store.clients.list({
      limit,
      cursor,
      state,
      text,
      authority,
      label,
      fingerprintPrefix: fingerprint === undefined ? undefined : fingerprintHex(fingerprint),
    });
    return { items: page.items.map(clientView), nextCursor: page.nextCursor };
  });
}
