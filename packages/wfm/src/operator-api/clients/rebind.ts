import { createHash, randomUUID } from 'node:crypto';
import { decodeJoinString, type JoinString, JoinStringError, rebindMaximum } from '@muster/protocol';
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { readRebind } from '../../fleet/rebind.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { ClientRecord } from '../../store/ports.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { ClientId, ClientSchema, clientView, reasonOf } from '../views.ts';

function semanticError(message: string, nextStep: string): HttpProblem {
  return new HttpProblem('semantic-error', {
    detail: `${message} ${nextStep}`,
    errors: [{ field: 'joinString', message }],
  });
}

function read(text: string, own: readonly string[]): JoinString & { to: string } {
  let joinString: JoinString;
  try {
    joinString = decodeJoinString(text, (bytes) => createHash('sha256').update(bytes).digest());
  } catch (error) {
    if (!(error instanceof JoinStringError)) throw error;
    throw semanticError(error.message, error.nextStep);
  }
  const to = joinString.urls[0];
  if (to === undefined || joinString.urls.some((url) => !url.startsWith('https://')))
    throw semanticError('The join string names no WFM.', 'Make a new one: muster wfm join-string');
  if (joinString.urls.some((url) => own.includes(url)))
    throw semanticError('The join string is that of this WFM.', 'Give that of the other one.');
  return { ...joinString, to };
}

function refused(client: ClientRecord, what: string): HttpProblem {
  const order = readRebind(client.rebind);
  const rebind = order === null ? null : { state: order.state, to: order.to };
  return conflict(client.state, what, { rebind });
}

/** POST and DELETE /clients/:clientId/rebind: sends a client to another WFM, and takes that back. */
export function rebindClient(app: FastifyInstance, api: OperatorApi): void {
  const shared = { tags: ['clients'], params: ClientId, response: { 200: ClientSchema } };
  const idOf = (params: unknown): string => (params as { clientId: string }).clientId;
  const order = {
    ...shared,
    summary: 'Send a client to another WFM',
    body: Type.Object({
      joinString: Type.String({ minLength: 1, maxLength: rebindMaximum }),
      reason: Type.Optional(Type.String({ maxLength: 500 })),
    }),
  };
  app.post('/clients/:clientId/rebind', { schema: order }, async (request) => {
    const { clientId } = await findClient(api, idOf(request.params));
    // Pasted lines may be broken; a field of an answer may not.
    const joinString = (request.body as { joinString: string }).joinString.replace(/\s+/g, '');
    const { to, pins } = read(joinString, api.joinString().urls);
    const result = await api.store.moving.order(
      clientId,
      { orderId: randomUUID(), joinString, to, pins },
      { actor: operatorOf(request).name, reason: reasonOf(request.body) ?? null, now: api.now() },
    );
    const client = await findClient(api, clientId);
    if (result === 'conflict')
      throw refused(
        client,
        client.state === 'active'
          ? `This client is on its way to ${readRebind(client.rebind)?.to ?? 'another WFM'}; cancel that first.`
          : `Only an active client can be sent elsewhere; this one is ${client.state}. Make it active first.`,
      );
    return clientView(client);
  });
  const cancel = { ...shared, summary: 'Take the order to move back' };
  app.delete('/clients/:clientId/rebind', { schema: cancel }, async (request) => {
    const { clientId } = await findClient(api, idOf(request.params));
    const result = await api.store.moving.cancel(clientId, operatorOf(request).name, api.now());
    const client = await findClient(api, clientId);
    if (result === 'conflict') {
      const state = readRebind(client.rebind)?.state;
      throw refused(
        client,
        state === undefined
          ? 'This client was not sent anywhere; there is nothing to take back.'
          : `The order is ${state} and cannot be taken back; give another one if it should go on.`,
      );
    }
    return clientView(client);
  });
}
