import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { type DeadLetterSort, deadLetterSorts } from '../../store/ports/webhooks.ts';
import type { OperatorApi } from '../context.ts';
import { listQuery, pageOf } from '../listing.ts';
import { findWebhook, nullableInteger, nullableText, WebhookName } from './view.ts';

const DeadLetterSchema = Type.Object(
  {
    seq: Type.Integer({ description: 'id of the event' }),
    diedAt: Type.String({ format: 'date-time' }),
    tries: Type.Integer(),
    lastStatus: nullableInteger,
    lastError: nullableText,
    queued: Type.Boolean({ description: 'put back, and about to be tried again' }),
  },
  { $id: 'DeadLetter' },
);

/** GET /webhooks/:name/dead-letters */
export function listDeadLetters(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Events that a receiver did not take; the newest thousand are kept',
    tags: ['webhooks'],
    params: WebhookName,
    querystring: listQuery(deadLetterSorts),
    response: {
      200: Type.Object({
        items: Type.Array(DeadLetterSchema),
        dropped: Type.Integer({ description: 'older ones that were given up' }),
        nextCursor: nullableText,
      }),
    },
  };
  app.get('/webhooks/:name/dead-letters', { schema, config: { role: 'admin' } }, async (request) => {
    const { name, dropped } = await findWebhook(api, request.params);
    const page = pageOf<DeadLetterSort>(request.query);
    const { items, nextCursor } = await api.store.webhooks.deadLetters(name, page);
    return {
      items: items.map(({ seq, diedAt, tries, lastStatus, lastError, queued }) => ({
        seq,
        diedAt: new Date(diedAt).toISOString(),
        tries,
        lastStatus,
        lastError,
        queued: queued === 1,
      })),
      dropped,
      nextCursor,
    };
  });
}
