import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { searchDevices } from '../../fleet/search.ts';
import type { DeviceSort } from '../../store/ports/inventory.ts';
import type { OperatorApi } from '../context.ts';
import { PopulationFields, populationOf, refusingLater } from '../questions.ts';
import { DeviceSchema, deviceView, pageSchema } from '../views.ts';

export interface DevicesQuery {
  readonly limit?: number;
  readonly cursor?: string;
  readonly selector?: string;
  readonly text?: string;
  readonly clientId?: string;
  readonly sort?: string;
}

export const DevicesQuerySchema = Type.Object({
  ...PopulationFields,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 2000 })),
  sort: Type.Optional(
    Type.String({
      enum: ['created', 'id', 'seen', 'changed', '-created', '-id', '-seen', '-changed'],
      description: 'a minus puts the largest first',
    }),
  ),
});

/** One page as the query asks for it. */
export function findDevices(api: OperatorApi, q: DevicesQuery) {
  const order = q.sort ?? 'created';
  return refusingLater(() =>
    searchDevices(api.store.fleet, api.catalogue, {
      ...populationOf(q),
      sort: order.replace('-', '') as DeviceSort,
      descending: order.startsWith('-'),
      limit: q.limit ?? 100,
      cursor: q.cursor,
    }),
  );
}

/** GET /devices */
export function listDevices(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Reported devices, by selector and free text at once',
    tags: ['devices'],
    querystring: DevicesQuerySchema,
    response: { 200: pageSchema(DeviceSchema) },
  };
  app.get('/devices', { schema }, async (request) => {
    const page = await findDevices(api, request.query as DevicesQuery);
    return {
      items: page.items.map((d) => ({ ...deviceView(d), labels: d.labels })),
      nextCursor: page.nextCursor,
    };
  });
}
