/** An order to move goes out with the answer to a signed request, over the channel that the client trusts. */
import { rebindField, writeRebindOrder } from '@muster/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../authenticate/context.ts';
import { continuityField } from '../fleet/continuity.ts';
import { isOpen, readRebind } from '../fleet/rebind.ts';
import type { DeviceApi } from './context.ts';

/** Tells a client where it has been sent. Clients of other makers, who bring no proof, see nothing of it. */
export async function tellRebind(
  api: DeviceApi,
  { clientId, rebind }: Principal,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (rebind === null || request.headers[continuityField] === undefined) return;
  const order = readRebind(rebind);
  if (!isOpen(order)) return;
  reply.header(rebindField, writeRebindOrder(order));
  if (order.state === 'ordered') await api.store.moving.told(clientId, order.orderId, api.now());
}
