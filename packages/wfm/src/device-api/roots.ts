/** During a rotation of the WFM's root CA: devices learn of it over the trusted channel, and say what they trust. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../authenticate/context.ts';
import type { DeviceApi } from './context.ts';

/** In requests what the client trusts, in answers what the WFM serves: the first 16 hex digits of each pin. */
export const rootsField = 'muster-ca-pins';

const pattern = /^[0-9a-f]{16}(?:,[0-9a-f]{16}){0,15}$/;

/** Answers with the roots in service, and notes those of the client when they have changed. */
export async function tellRoots(
  api: DeviceApi,
  principal: Principal,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const served = api.caCertificates().map((c) => c.sha256.slice(0, 16));
  if (served.length > 0) reply.header(rootsField, served.join(','));
  const said = request.headers[rootsField];
  if (typeof said !== 'string' || said === principal.caPins || !pattern.test(said)) return;
  await api.store.clients.setCaPins(principal.clientId, said);
}
