import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';
import { deviceView, PageQuery, pageSchema } from '../views.ts';

type Query = { limit?: number; cursor?: string; text?: string; clientId?: string };

/** GET /devices */
export function listDevices(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Reported devices',
    tags: ['devices'],
    querystring: PageQuery,
    response: { 200: pageSchema({ type: 'object', additionalProperties: true }) },
  };
  app.get('/devices', { schema }, async (request) => {
    const { limit = 100, cursor, text, clientId } = request.query as Query;
    const page = await api.store.devices.list({ limit, cursor, text, clientId });
    return { items: page.items.map(deviceView), nextCursor: page.nextCursor };
  });
}
