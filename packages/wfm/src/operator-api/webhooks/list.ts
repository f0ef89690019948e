import type { FastifyInstance } from 'fastify';
import { type WebhookKind, type WebhookSort, webhookSorts } from '../../store/ports/webhooks.ts';
import type { OperatorApi } from '../context.ts';
import { listQuery, oneOf, pageOf } from '../listing.ts';
import { pageSchema } from '../views.ts';
import { WebhookSchema, webhookView } from './view.ts';

interface Query {
  readonly kind?: WebhookKind;
  readonly state?: 'enabled' | 'disabled';
}

/** GET /webhooks */
export function listWebhooks(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Receivers of events, and who is asked for admission',
    tags: ['webhooks'],
    querystring: listQuery(webhookSorts, {
      kind: oneOf('events', 'admission'),
      state: oneOf('enabled', 'disabled'),
    }),
    response: { 200: pageSchema(WebhookSchema) },
  };
  app.get('/webhooks', { schema, config: { role: 'admin' } }, async (request) => {
    const { kind, state } = request.query as Query;
    const page = await api.store.webhooks.list({
      ...pageOf<WebhookSort>(request.query),
      kind,
      isEnabled: state === undefined ? undefined : state === 'enabled',
    });
    return { items: page.items.map(webhookView), nextCursor: page.nextCursor };
  });
}
