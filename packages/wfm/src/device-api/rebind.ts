/** An order to move goes out with the answer to a signed request, over the channel that the client trusts. */
import { rebindField, writeRebindOrder } from '@muster/protocol';
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../authenticate/context.ts';
import { continuityField } from '../fleet/continuity.ts';
import { isOpen, readRebind } from '../fleet/rebind.ts';
import type { DeviceApi } from './context.ts';

/** @returns the field that tells a client where it has been sent; clients of other makers, who bring no proof, see nothing of it */
export async function tellRebind(
  api: DeviceApi,
  { clientId, once, rebind }: Principal,
  request: FastifyRequest,
): Promise<Record<string, string>> {
  if (rebind === null || request.headers[continuityField] === undefined) return {};
  const order = readRebind(rebind);
  if (!isOpen(order)) return {};
  if (order.state === 'ordered') {
    await once.now();
    await api.store.moving.told(clientId, order.orderId, api.now());
  }
  return { [rebindField]: writeRebindOrder(order) };
}
