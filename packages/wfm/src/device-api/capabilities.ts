/** POST, PUT and DELETE of capabilities, on the rc.1 route (one device) and on the rc.2 route (one path per device). */
import { parseDeviceId, ProtocolError } from '@muster/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { receivedRequest } from '../authenticate/context.ts';
import { authenticateKnownClient } from '../authenticate/known-client.ts';
import { continuityField } from '../fleet/continuity.ts';
import { takeReport, type TakenReport } from '../fleet/take-report.ts';
import { HttpProblem } from '../http/problem.ts';
import { requireJson } from './content-type.ts';
import type { DeviceApi } from './context.ts';
import { checkContinuity } from './continuity.ts';
import { tellRebind } from './rebind.ts';
import { tellRoots } from './roots.ts';

type Params = { clientId?: string; '*'?: string };

function protocolProblem(error: unknown): unknown {
  if (!(error instanceof ProtocolError)) return error;
  return new HttpProblem(error.code === 'malformed-json' ? 'malformed-json' : 'semantic-error', {
    detail: `${error.message} ${error.nextStep}`,
    errors: error.problems,
  });
}

function gatewayMissing(deviceId: string): HttpProblem {
  const gateway = deviceId.split('/')[0] ?? '';
  return new HttpProblem('gateway-not-found', {
    detail: `Report the gateway ${gateway} before the devices behind it.`,
  });
}

/** Makes the handler of POST and PUT. */
export function reportCapabilities(api: DeviceApi) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { clientId: named = '', '*': inPath } = request.params as Params;
    const received = receivedRequest(api, request);
    const principal = await authenticateKnownClient(api, received, named, { claim: 'with-report' });
    const { clientId, once } = principal;
    const fields: Record<string, string> = {};
    const take = async (): Promise<TakenReport> => {
      requireJson(request);
      const proof = await checkContinuity(api, principal, request.headers[continuityField]);
      if (proof !== null) fields[continuityField] = proof;
      Object.assign(
        fields,
        await tellRoots(api, principal, request),
        await tellRebind(api, principal, request),
      );
      return takeReport(api.store.devices, {
        clientId,
        deviceId: inPath,
        body: received.body,
        claim: () => once.take(),
        now: api.now(),
      });
    };
    const { result, deviceId, warnings } = await take().catch(async (error: unknown) => {
      await once.now();
      reply.headers(fields);
      throw protocolProblem(error);
    });
    // A replay is told nothing that the client was told.
    if (result === 'replayed') throw once.refusal();
    await once.now();
    reply.headers(fields);
    if (result === 'client-not-found')
      throw new HttpProblem('invalid-client', { detail: 'This clientId is not known here. Onboard again.' });
    if (result === 'gateway-not-found') throw gatewayMissing(deviceId);
    api.seen(clientId);
    if (warnings.length > 0)
      api.log.info({ clientId, deviceId, warnings }, 'capabilities accepted with warnings');
    // rc.1 and rc.2 POST know 201 only; rc.2-C tells creation from update.
    const created = inPath === undefined || request.method === 'POST' || result === 'created';
    return reply.code(created ? 201 : 200).send({ deviceId, ...(warnings.length > 0 ? { warnings } : {}) });
  };
}

/** What is no id was never reported; some of it no database takes. */
function isDeviceId(text: string): boolean {
  try {
    parseDeviceId(text);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

/** Makes the handler of DELETE: the device and all below it. */
export function deleteCapabilities(api: DeviceApi) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const params = request.params as Params;
    const principal = await authenticateKnownClient(
      api,
      receivedRequest(api, request),
      params.clientId ?? '',
    );
    const deviceId = params['*'] ?? '';
    const removed = isDeviceId(deviceId)
      ? await api.store.devices.remove(principal.clientId, deviceId, api.now())
      : 0;
    if (removed === 0)
      throw new HttpProblem('device-not-found', { detail: 'This client has reported no such device.' });
    api.seen(principal.clientId);
    return reply.code(204).send();
  };
}
