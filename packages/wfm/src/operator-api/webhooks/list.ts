import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { WebhookSchema, webhookView } from './view.ts';

/** GET /webhooks */
export function listWebhooks(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Receivers of events, and who is asked for admission',
    tags: ['webhooks'],
    response: { 200: Type.Object({ items: Type.Array(WebhookSchema), nextCursor: Type.Null() }) },
  };
  app.get('/webhooks', { schema, config: { role: 'admin' } }, async () => ({
    items: (await api.store.webhooks.list()).map(webhookView),
    nextCursor: null,
  }));
}
