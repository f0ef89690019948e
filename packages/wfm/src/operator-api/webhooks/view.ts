import { Type } from 'typebox';
import { HttpProblem } from '../../http/problem.ts';
import type { WebhookRecord } from '../../store/ports/webhooks.ts';
import type { OperatorApi } from '../context.ts';

const nullable = (schema: object): object => Type.Unsafe({ anyOf: [schema, { type: 'null' }] });
const nullableTime = nullable({ type: 'string', format: 'date-time' });
export const nullableText = nullable({ type: 'string' });
export const nullableInteger = nullable({ type: 'integer' });

export const WebhookName = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
});

export const WebhookSchema = Type.Object(
  {
    name: Type.String(),
    kind: Type.String({ enum: ['events', 'admission'] }),
    url: Type.String(),
    types: Type.Array(Type.String()),
    ca: nullableText,
    enabled: Type.Boolean(),
    createdAt: Type.String({ format: 'date-time' }),
    createdBy: Type.String(),
    position: Type.Integer({ description: 'the last event that is done with' }),
    tries: Type.Integer({ description: 'how often the next event was tried' }),
    nextTryAt: nullableTime,
    lastStatus: nullableInteger,
    lastError: nullableText,
    lastAt: nullableTime,
    droppedDeadLetters: Type.Integer(),
  },
  { $id: 'Webhook' },
);

const isoOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** A webhook for operators. */
export function webhookView(w: WebhookRecord): object {
  const { name, kind, url, createdBy, position, tries, lastStatus, lastError } = w;
  return {
    name,
    kind,
    url,
    types: JSON.parse(w.types) as string[],
    ca: w.caPem,
    enabled: w.enabled === 1,
    createdAt: new Date(w.createdAt).toISOString(),
    createdBy,
    position,
    tries,
    nextTryAt: isoOrNull(w.nextTryAt === 0 ? null : w.nextTryAt),
    lastStatus,
    lastError,
    lastAt: isoOrNull(w.lastAt),
    droppedDeadLetters: w.dropped,
  };
}

/** What is said of a name that nothing has. */
export const noWebhookText = (name: string): string =>
  `There is no webhook ${name.slice(0, 64)}. List them: muster webhooks list`;

/** The refusal of such a name. */
export function noWebhook(name: string): HttpProblem {
  return new HttpProblem('not-found', { detail: noWebhookText(name) });
}

/** @throws HttpProblem `not-found` */
export async function findWebhook(api: OperatorApi, params: unknown): Promise<WebhookRecord> {
  const { name } = params as { name: string };
  const found = await api.store.webhooks.get(name);
  if (found === null) throw noWebhook(name);
  return found;
}
