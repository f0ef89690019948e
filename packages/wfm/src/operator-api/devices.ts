/** devices: what clients have reported. */
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http/problem.ts';
import type { OperatorApi } from './context.ts';
import { findClient } from './find.ts';
import { deviceView, PageQuery, pageSchema } from './views.ts';

/** Adds the routes. */
export function deviceRoutes(app: FastifyInstance, api: OperatorApi): void {
  app.get(
    '/devices',
    {
      schema: {
        summary: 'Reported devices',
        tags: ['devices'],
        querystring: PageQuery,
        response: { 200: pageSchema({ type: 'object', additionalProperties: true }) },
      },
    },
    async (request) => {
      const {
        limit = 100,
        cursor,
        text,
        clientId,
      } = request.query as { limit?: number; cursor?: string; text?: string; clientId?: string };
      const page = await api.store.devices.list({ limit, cursor, text, clientId });
      return { items: page.items.map(deviceView), nextCursor: page.nextCursor };
    },
  );
  app.get(
    '/devices/:clientId/*',
    { schema: { summary: 'One device', tags: ['devices'] } },
    async (request) => {
      const params = request.params as { clientId: string; '*': string };
      const client = await findClient(api, params.clientId);
      const device = await api.store.devices.get(client.clientId, params['*']);
      if (device === null)
        throw new HttpProblem('not-found', { detail: 'This client has reported no such device.' });
      return deviceView(device);
    },
  );
}
