import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { WebhookRecord } from '../../store/ports/webhooks.ts';
import { type Delivery, openReceiver } from '../../webhooks/send.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { findWebhook, nullableInteger, nullableText, WebhookName } from './view.ts';

interface Tried {
  readonly got: Delivery;
  readonly decision: string | null;
  readonly error: string | null;
}

async function sendEvent(api: OperatorApi, webhook: WebhookRecord, actor: string): Promise<Tried> {
  const { name } = webhook;
  const receiver = openReceiver(webhook, { key: api.webhookKey, now: api.now, signal: api.closing });
  const at = new Date(api.now()).toISOString();
  const event = { seq: 0, at, actor, action: 'test', subject: name, detail: {} };
  const got = await receiver.post({ webhook: name, event }, api.webhookTimeoutSeconds * 1000);
  await receiver.close();
  return { got, decision: null, error: got.error };
}

/** POST /webhooks/:name/test: sends a test at once, once, and tells what happened; also to one that is disabled. */
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
        decision: nullableText,
        error: nullableText,
      }),
    },
  };
  app.post('/webhooks/:name/test', { schema, config: { role: 'admin' } }, async (request) => {
    const webhook = await findWebhook(api, request.params);
    const actor = operatorOf(request).name;
    const isAsked = webhook.kind === 'admission';
    const { got, decision, error } = await (isAsked
      ? api.asker.test(webhook)
      : sendEvent(api, webhook, actor));
    const { status, milliseconds } = got;
    const detail = { status, decision, error };
    const [at, action, subject] = [api.now(), 'webhook.tested', webhook.name];
    await api.store.audit.append({ at, actor, action, subject, detail });
    return { isTaken: error === null, status, milliseconds, decision, error };
  });
}
