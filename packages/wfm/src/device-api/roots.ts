/** During a rotation of the WFM's root CA: devices learn of it over the trusted channel, and say what they trust. */
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../authenticate/context.ts';
import type { DeviceApi } from './context.ts';

/** In requests what the client trusts, in answers what the WFM serves: the first 16 hex digits of each pin. */
export const rootsField = 'muster-ca-pins';

const pattern = /^[0-9a-f]{16}(?:,[0-9a-f]{16}){0,15}$/;

/** @returns the field with the roots in service; notes those of the client when they have changed */
export async function tellRoots(
  api: DeviceApi,
  principal: Principal,
  request: FastifyRequest,
): Promise<Record<string, string>> {
  const served = api.caCertificates().map((c) => c.sha256.slice(0, 16));
  const said = request.headers[rootsField];
  if (typeof said === 'string' && said !== principal.caPins && pattern.test(said)) {
    await principal.once.now();
    await api.store.clients.setCaPins(principal.clientId, said);
  }
  return served.length > 0 ? { [rootsField]: served.join(',') } : {};
}
