import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { noWebhook, WebhookName, WebhookSchema, webhookView } from './view.ts';

/** POST /webhooks/:name/enable|disable: what happens while it is disabled is told when it is enabled again. */
export function switchWebhook(app: FastifyInstance, api: OperatorApi): void {
  for (const verb of ['enable', 'disable'] as const) {
    const schema = {
      summary: `${verb} a webhook`,
      tags: ['webhooks'],
      params: WebhookName,
      response: { 200: WebhookSchema },
    };
    app.post(`/webhooks/:name/${verb}`, { schema, config: { role: 'admin' } }, async (request) => {
      const { name } = request.params as { name: string };
      const actor = operatorOf(request).name;
      const changed = await api.store.webhooks.setEnabled(name, verb === 'enable', actor, api.now());
      if (changed === null) throw noWebhook(name);
      return webhookView(changed);
    });
  }
}
