import type { FastifyInstance } from 'fastify';
import { deviceTree } from '../../fleet/search.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';

/** GET /device-tree/:clientId */
export function showDeviceTree(app: FastifyInstance, api: OperatorApi): void {
  const schema = { summary: 'The gateways of a client and what is behind them', tags: ['devices'] };
  app.get('/device-tree/:clientId', { schema }, async (request) => {
    const client = await findClient(api, (request.params as { clientId: string }).clientId);
    const rows = await api.store.fleet.rowsOfClients([client.clientId]);
    return { clientId: client.clientId, devices: deviceTree(rows.map((row) => row.deviceId)) };
  });
}
