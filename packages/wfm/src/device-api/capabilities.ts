/** POST, PUT and DELETE of capabilities, on the rc.1 route (one device) and on the rc.2 route (one path per device). */
import { createHash } from 'node:crypto';
import {
  capabilitiesToJson,
  parseCapabilities,
  type ParsedCapabilities,
  parseDeviceId,
  parseJson,
  ProtocolError,
} from '@muster/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { receivedRequest } from '../authenticate/context.ts';
import { authenticateKnownClient } from '../authenticate/known-client.ts';
import { continuityField } from '../fleet/continuity.ts';
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

function readJson(body: Uint8Array): unknown {
  try {
    return parseJson(body);
  } catch (error) {
    throw protocolProblem(error);
  }
}

function read(value: unknown, deviceId: string | undefined): ParsedCapabilities {
  try {
    if (deviceId === undefined) return parseCapabilities(value, { route: 'client' });
    parseDeviceId(deviceId);
    return parseCapabilities(value, { route: 'device', deviceId });
  } catch (error) {
    throw protocolProblem(error);
  }
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
    const params = request.params as Params;
    const received = receivedRequest(api, request);
    const principal = await authenticateKnownClient(api, received, params.clientId ?? '');
    requireJson(request);
    const proof = await checkContinuity(api, principal, request.headers[continuityField]);
    if (proof !== null) reply.header(continuityField, proof);
    await tellRoots(api, principal, request, reply);
    await tellRebind(api, principal, request, reply);
    const inPath = params['*'];
    const value = readJson(received.body);
    if (inPath?.includes('/')) {
      const gateway = await api.store.devices.get(principal.clientId, inPath.split('/')[0] ?? '');
      if (gateway === null) throw gatewayMissing(inPath);
    }
    const { capabilities, profile, warnings } = read(value, inPath);
    const result = await api.store.devices.upsert({
      clientId: principal.clientId,
      deviceId: capabilities.deviceId,
      profile,
      model: JSON.stringify(capabilitiesToJson(capabilities)),
      document: received.body,
      digest: createHash('sha256').update(received.body).digest('hex'),
      now: api.now(),
      mode: inPath === undefined ? 'single' : 'keyed',
    });
    if (result === 'client-not-found')
      throw new HttpProblem('invalid-client', { detail: 'This clientId is not known here. Onboard again.' });
    if (result === 'gateway-not-found') throw gatewayMissing(capabilities.deviceId);
    api.seen(principal.clientId);
    if (warnings.length > 0)
      api.log.info(
        { clientId: principal.clientId, deviceId: capabilities.deviceId, warnings },
        'capabilities accepted with warnings',
      );
    // rc.1 and rc.2 POST know 201 only; rc.2-C tells creation from update.
    const created = inPath === undefined || request.method === 'POST' || result === 'created';
    return reply
      .code(created ? 201 : 200)
      .send({ deviceId: capabilities.deviceId, ...(warnings.length > 0 ? { warnings } : {}) });
  };
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
    const removed = await api.store.devices.remove(principal.clientId, params['*'] ?? '');
    if (removed === 0)
      throw new HttpProblem('device-not-found', { detail: 'This client has reported no such device.' });
    api.seen(principal.clientId);
    return reply.code(204).send();
  };
}
