import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { EventNumber } from '../listing.ts';
import { findWebhook, WebhookName } from './view.ts';

/** POST /webhooks/:name/retry: puts dead letters back, one or all. */
export function retryDeadLetters(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Try dead letters again',
    tags: ['webhooks'],
    params: WebhookName,
    body: Type.Object({ seq: Type.Optional(EventNumber) }, { additionalProperties: false }),
    response: { 200: Type.Object({ queued: Type.Integer() }) },
  };
  app.post('/webhooks/:name/retry', { schema, config: { role: 'admin' } }, async (request) => {
    const { name } = await findWebhook(api, request.params);
    const { seq } = request.body as { seq?: number };
    return { queued: await api.store.webhooks.retry(name, seq, operatorOf(request).name, api.now()) };
  });
}
