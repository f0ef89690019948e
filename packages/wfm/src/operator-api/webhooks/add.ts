import { CertificateError, decodeCertificates, encodeCertificates } from '@muster/pki';
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import type { WebhookKind } from '../../store/ports/webhooks.ts';
import { readAddress } from '../../webhooks/address.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { findWebhook, WebhookName, WebhookSchema, webhookView } from './view.ts';

interface Body {
  readonly name: string;
  readonly url: string;
  readonly kind?: WebhookKind;
  readonly types?: readonly string[];
  readonly ca?: string;
}

function wrong(field: string, message: string): HttpProblem {
  return new HttpProblem('semantic-error', {
    detail: `This webhook cannot be added: ${field} ${message}.`,
    errors: [{ field, message }],
  });
}

function addressOf(text: string): string {
  const address = readAddress(text);
  if ('problem' in address) throw wrong('url', address.problem);
  return address.url;
}

function caOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return encodeCertificates(decodeCertificates(text), 'pem');
  } catch (error) {
    if (error instanceof CertificateError) throw wrong('ca', `${error.message} ${error.nextStep}`);
    throw error;
  }
}

/** POST /webhooks: the same again changes nothing; the same name for something else is a conflict. */
export function addWebhook(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Tell a receiver what happens, or ask it who gets in',
    tags: ['webhooks'],
    body: Type.Object(
      {
        ...WebhookName.properties,
        url: Type.String({ minLength: 1, maxLength: 2048 }),
        kind: Type.Optional(Type.String({ enum: ['events', 'admission'] })),
        types: Type.Optional(
          Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
            maxItems: 50,
            description: 'beginnings of actions; all when it is left out',
          }),
        ),
        ca: Type.Optional(
          Type.String({
            maxLength: 65_536,
            description: 'PEM of the CAs to trust, in the place of the public ones',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    response: { 200: WebhookSchema, 201: WebhookSchema },
  };
  app.post('/webhooks', { schema, config: { role: 'admin' } }, async (request, reply) => {
    const { name, url, kind = 'events', types = [], ca } = request.body as Body;
    if (kind === 'admission' && types.length > 0) throw wrong('types', 'are for webhooks of the kind events');
    const terms = { name, kind, url: addressOf(url), types: JSON.stringify(types), caPem: caOf(ca) };
    const result = await api.store.webhooks.add(terms, operatorOf(request).name, api.now());
    if (result === 'too-many')
      throw conflict('full', 'There are 100 webhooks. Remove one that is not needed: muster webhooks remove');
    const found = await findWebhook(api, { name });
    const present = webhookView(found);
    if (result === 'conflict')
      throw conflict(
        found.enabled === 1 ? 'enabled' : 'disabled',
        `There is a webhook ${name} with other terms. Remove it first, or choose another name.`,
        { present },
      );
    return reply.code(result === 'added' ? 201 : 200).send(present);
  });
}
