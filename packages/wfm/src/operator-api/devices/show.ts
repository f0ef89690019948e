import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { OperatorApi } from '../context.ts';
import { findClient, noSuchDevice } from '../find.ts';
import { DeviceSchema, deviceView, LabelSchema, labelView } from '../views.ts';

/** GET /devices/:clientId/:deviceId, where the deviceId may hold a slash (gateway/child). */
export function showDevice(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'One device, and who has set which of its labels',
    tags: ['devices'],
    response: { 200: Type.Object({ ...DeviceSchema.properties, labels: Type.Array(LabelSchema) }) },
  };
  app.get('/devices/:clientId/*', { schema }, async (request) => {
    const params = request.params as { clientId: string; '*': string };
    const client = await findClient(api, params.clientId);
    const device = await api.store.devices.get(client.clientId, params['*']);
    if (device === null) throw noSuchDevice(client.clientId);
    const labels = await api.store.labels.list(client.clientId, params['*']);
    return { ...deviceView(device), labels: labels.map(labelView) };
  });
}
