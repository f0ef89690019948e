import type { FastifyInstance } from 'fastify';
import { searchDevices } from '../../fleet/search.ts';
import type { DeviceSort } from '../../store/ports/inventory.ts';
import type { OperatorApi } from '../context.ts';
import { listQuery } from '../listing.ts';
import { PopulationFields, populationOf, refusingLater } from '../questions.ts';
import { DeviceSchema, deviceView, pageSchema } from '../views.ts';

export interface DevicesQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly selector?: string | undefined;
  readonly text?: string | undefined;
  readonly clientId?: string | undefined;
  readonly sort?: string | undefined;
}

/** The names of the fields, as in the other lists, and the short ones. */
const orders: ReadonlyMap<string, DeviceSort> = new Map(
  Object.entries({
    createdAt: 'created',
    deviceId: 'id',
    lastSeenAt: 'seen',
    updatedAt: 'changed',
    created: 'created',
    id: 'id',
    seen: 'seen',
    changed: 'changed',
  } as const),
);
export const deviceOrders: readonly string[] = [...orders.keys()];

/** One page as the query asks for it. */
export function findDevices(api: OperatorApi, q: DevicesQuery) {
  const order = q.sort ?? 'createdAt';
  return refusingLater(() =>
    searchDevices(api.store.fleet, api.catalogue, {
      ...populationOf(q),
      sort: orders.get(order.replace('-', '')) ?? 'created',
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
    querystring: listQuery(deviceOrders, PopulationFields),
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
