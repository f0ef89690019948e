import type { FastifyInstance } from 'fastify';
import { type ClientFilter, type ClientSort, clientSorts } from '../../store/ports/clients.ts';
import type { OperatorApi } from '../context.ts';
import { filters, listQuery, oneOf, pageOf } from '../listing.ts';
import { ClientSchema, clientView, fingerprintHex, pageSchema } from '../views.ts';

type Query = Omit<ClientFilter, 'fingerprintPrefix'> & { fingerprint?: string };

/** GET /clients */
export function listClients(app: FastifyInstance, api: OperatorApi): void {
  const { text, fingerprint, authority, label } = filters;
  const states = oneOf('active', 'blocked', 'retired');
  const schema = {
    summary: 'Onboarded clients',
    tags: ['clients'],
    querystring: listQuery(clientSorts, { state: states, text, fingerprint, authority, label }),
    response: { 200: pageSchema(ClientSchema) },
  };
  app.get('/clients', { schema }, async (request) => {
    const asked = request.query as Query;
    const page = await api.store.clients.list({
      ...pageOf<ClientSort>(asked),
      state: asked.state,
      text: asked.text,
      authority: asked.authority,
      label: asked.label,
      fingerprintPrefix: asked.fingerprint === undefined ? undefined : fingerprintHex(asked.fingerprint),
    });
    return { items: page.items.map(clientView), nextCursor: page.nextCursor };
  });
}
