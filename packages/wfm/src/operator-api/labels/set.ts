import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { labelFault, mostLabels } from '../../fleet/labels.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';
import { findClient, noSuchDevice } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { LabelSchema, labelView } from '../views.ts';

interface Body {
  readonly clientId: string;
  readonly deviceId?: string;
  readonly labels: Record<string, string | null>;
}

const tooMany = { field: 'labels', message: `at most ${mostLabels} may be on a client or on a device` };

/** POST /labels: sets labels of a client (for all its devices) or of one device; null removes. */
export function setLabels(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Set or remove labels',
    tags: ['labels'],
    body: Type.Object({
      clientId: Type.String({ maxLength: 200 }),
      deviceId: Type.Optional(Type.String({ maxLength: 512 })),
      labels: Type.Unsafe({ type: 'object', additionalProperties: { type: ['string', 'null'] } }),
    }),
    response: {
      200: Type.Object({
        result: Type.String({ enum: ['changed', 'unchanged'] }),
        labels: Type.Array(LabelSchema),
      }),
    },
  };
  app.post('/labels', { schema }, async (request) => {
    const { clientId, deviceId, labels } = request.body as Body;
    const errors = Object.entries(labels).flatMap(([key, value]) => {
      const message = value === null ? undefined : labelFault(key, value);
      return message === undefined ? [] : [{ field: `labels.${key.slice(0, 80)}`, message }];
    });
    const count = Object.keys(labels).length;
    if (count > 2 * mostLabels) errors.push(tooMany);
    if (errors.length > 0)
      throw new HttpProblem('semantic-error', { detail: 'These labels cannot be set.', errors });
    const client = await findClient(api, clientId);
    const of = { clientId: client.clientId, deviceId: deviceId ?? null };
    const result = await api.store.labels.set({
      ...of,
      labels,
      source: 'operator',
      actor: operatorOf(request).name,
      now: api.now(),
    });
    if (result === 'too-many')
      throw new HttpProblem('semantic-error', {
        detail: 'These labels cannot be set beside those that are there. Remove some.',
        errors: [tooMany],
      });
    if (result === 'not-found') throw noSuchDevice(of.clientId);
    const present = await api.store.labels.list(of.clientId, of.deviceId);
    return { result, labels: present.map(labelView) };
  });
}
