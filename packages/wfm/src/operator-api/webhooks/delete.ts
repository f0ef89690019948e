import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { checkEnded } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { noWebhookText, WebhookName } from './view.ts';

/** DELETE /webhooks/:name */
export function deleteWebhook(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Remove a webhook and its dead letters',
    tags: ['webhooks'],
    params: WebhookName,
    response: { 204: Type.Null() },
  };
  app.delete('/webhooks/:name', { schema, config: { role: 'admin' } }, async (request, reply) => {
    const { name } = request.params as { name: string };
    if (!(await api.store.webhooks.remove(name, operatorOf(request).name, api.now())))
      await checkEnded(api, name, ['webhook.removed'], noWebhookText(name));
    return reply.code(204).send();
  });
}
