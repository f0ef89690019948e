/** POST /api/v1/clients/{clientId}/acknowledgements: what a Muster client confirms. Other makers' clients never call it. */
import { type Acknowledgement, parseAcknowledgement, parseJson, ProtocolError } from '@muster/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { receivedRequest } from '../authenticate/context.ts';
import { authenticateKnownClient } from '../authenticate/known-client.ts';
import { HttpProblem } from '../http/problem.ts';
import { requireJson } from './content-type.ts';
import type { DeviceApi } from './context.ts';

function read(body: Uint8Array): Acknowledgement {
  try {
    return parseAcknowledgement(parseJson(body));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new HttpProblem(error.code === 'malformed-json' ? 'malformed-json' : 'invalid-request', {
      detail: `${error.message} ${error.nextStep}`,
      errors: error.problems,
    });
  }
}

/** Makes the handler. A retired client may say this, and nothing else. */
export function postAcknowledgement(api: DeviceApi) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { clientId = '' } = request.params as { clientId?: string };
    const received = receivedRequest(api, request);
    await authenticateKnownClient(api, received, clientId, { evenRetired: true });
    requireJson(request);
    const result = await api.store.moving.acknowledge(clientId, read(received.body), api.now());
    if (result === 'conflict')
      throw new HttpProblem('conflict', { detail: 'There is nothing here that this would acknowledge.' });
    return reply.code(204).send();
  };
}
