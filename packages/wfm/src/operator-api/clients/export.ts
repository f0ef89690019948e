import { maximumSignedFile } from '@muster/pki';
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { makeClientFile } from '../../fleet/moving.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { ClientId } from '../views.ts';
import { receiptFileOf } from './receipt.ts';

/** POST /clients/:clientId/export: the client as a signed file for another WFM; with `retire`, it leaves this one. */
export function exportClient(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'A client as a signed file for another WFM',
    tags: ['clients'],
    params: ClientId,
    body: Type.Object({
      retire: Type.Optional(Type.Boolean()),
      reason: Type.Optional(Type.String({ maxLength: 500 })),
    }),
    response: {
      200: Type.Object({
        format: Type.String({ enum: ['muster-client-1'] }),
        statement: Type.String(),
        signature: Type.String(),
        certificate: Type.String(),
      }),
    },
  };
  app.post('/clients/:clientId/export', { schema }, async (request) => {
    const { retire = false, reason } = request.body as { retire?: boolean; reason?: string };
    const client = await findClient(api, (request.params as { clientId: string }).clientId);
    const { clientId, state } = client;
    const conflict = (detail: string): HttpProblem =>
      new HttpProblem('conflict', { detail, extra: { state } });
    if (state === 'retired') throw conflict('A retired client is not carried on; readmit it first.');
    const { items, nextCursor } = await api.store.devices.list({ limit: 1000, clientId });
    const now = api.now();
    const receipt = await receiptFileOf(api, client, client.spkiSha256);
    const file = await makeClientFile(api.auditSigner, client, items, receipt, now);
    if (nextCursor !== null || JSON.stringify(file).length > maximumSignedFile)
      throw conflict('The reports of this client are too large for one file; let it report anew over there.');
    const actor = operatorOf(request).name;
    await api.store.audit.append({
      at: now,
      actor,
      action: 'client.exported',
      subject: clientId,
      detail: { key: client.spkiSha256, devices: items.length, receipt: receipt !== null, retire },
    });
    if (retire) {
      const why = `moved${reason === undefined ? '' : `: ${reason}`}`;
      const moved = await api.store.clients.setState(clientId, [state], 'retired', actor, now, why);
      if (moved === 'conflict')
        throw conflict('The client has changed its state meanwhile; look at it again.');
    }
    return file;
  });
}
