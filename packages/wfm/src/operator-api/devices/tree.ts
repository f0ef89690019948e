import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { deviceTree, type TreeNode } from '../../fleet/search.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';

const TreeSchema = Type.Object({
  clientId: Type.String(),
  devices: Type.Array(
    Type.Object(
      {
        deviceId: Type.String(),
        reported: Type.Boolean(),
        children: Type.Array(Type.Unsafe<TreeNode>({ $ref: 'DeviceTreeNode#' })),
      },
      { $id: 'DeviceTreeNode' },
    ),
  ),
});

/** GET /device-tree/:clientId */
export function showDeviceTree(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'The gateways of a client and what is behind them',
    tags: ['devices'],
    response: { 200: TreeSchema },
  };
  app.get('/device-tree/:clientId', { schema }, async (request) => {
    const client = await findClient(api, (request.params as { clientId: string }).clientId);
    const rows = await api.store.fleet.rowsOfClients([client.clientId]);
    return { clientId: client.clientId, devices: deviceTree(rows.map((row) => row.deviceId)) };
  });
}
