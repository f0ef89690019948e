import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { openReceiver } from '../../webhooks/send.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { findWebhook, nullableInteger, nullableText, WebhookName } from './view.ts';

/** POST /webhooks/:name/test: sends an event at once, once, and tells what happened; also to one that is disabled. */
export function testWebhook(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Send a test and tell what the receiver answered',
    tags: ['webhooks'],
    params: WebhookName,
    response: {
      200: Type.Object({
        isTaken: Type.Boolean(),
        status: nullableInteger,
        milliseconds: Type.Integer(),
        error: nullableText,
      }),
    },
  };
  app.post('/webhooks/:name/test', { schema, config: { role: 'admin' } }, async (request) => {
    const webhook = await findWebhook(api, request.params);
    const actor = operatorOf(request).name;
    const [at, action, subject] = [api.now(), 'webhook.tested', webhook.name];
    const receiver = openReceiver(webhook, { key: api.webhookKey, now: api.now, signal: api.closing });
    const event = { seq: 0, at: new Date(at).toISOString(), actor, action: 'test', subject, detail: {} };
    const got = await receiver.post({ webhook: subject, event }, api.webhookTimeoutSeconds * 1000);
    await receiver.close();
    const { status, milliseconds, error } = got;
    await api.store.audit.append({ at, actor, action, subject, detail: { status, error } });
    return { isTaken: error === null, status, milliseconds, error };
  });
}
