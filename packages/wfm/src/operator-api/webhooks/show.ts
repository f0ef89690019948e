import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { findWebhook, WebhookName, WebhookSchema, webhookView } from './view.ts';

/** GET /webhooks/:name, with what its receiver needs to check signatures. */
export function showWebhook(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'A webhook, its dead letters, and the certificate by which its receiver knows this WFM',
    tags: ['webhooks'],
    params: WebhookName,
    response: {
      200: Type.Object({
        ...WebhookSchema.properties,
        deadLetters: Type.Integer(),
        signer: Type.Object({
          keyid: Type.String(),
          fingerprint: Type.String(),
          certificate: Type.String(),
        }),
      }),
    },
  };
  app.get('/webhooks/:name', { schema, config: { role: 'admin' } }, async (request) => {
    const webhook = await findWebhook(api, request.params);
    const { certificate, signer } = api.webhookKey;
    return {
      ...webhookView(webhook),
      deadLetters: await api.store.webhooks.countDeadLetters(webhook.name),
      signer: {
        keyid: signer.spkiSha256,
        fingerprint: `sha256:${certificate.sha256}`,
        certificate: certificate.pem,
      },
    };
  });
}
