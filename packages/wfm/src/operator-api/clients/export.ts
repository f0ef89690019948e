import { maximumSignedFile } from '@muster/pki';
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { type ClientFile, makeClientFile } from '../../fleet/moving.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { ClientId, SignedSchema } from '../views.ts';

const refused = {
  'not-found': 'The client was deleted meanwhile.',
  retired: 'A retired client is not carried on; readmit it first.',
  'too-large': 'The reports of this client are too large for one file; let it report anew over there.',
} as const;

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
        ...SignedSchema,
      }),
    },
  };
  app.post('/clients/:clientId/export', { schema }, async (request) => {
    const { retire = false, reason } = request.body as { retire?: boolean; reason?: string };
    const { clientId } = await findClient(api, (request.params as { clientId: string }).clientId);
    const now = api.now();
    const exported = await api.store.moving.exportClient({
      clientId,
      retire: retire ? { reason: `moved${reason === undefined ? '' : `: ${reason}`}` } : null,
      actor: operatorOf(request).name,
      now,
      maximumBytes: maximumSignedFile,
      make: async (facts) => JSON.stringify(await makeClientFile(api.auditSigner, facts, now)),
    });
    if (exported.result === 'exported') return JSON.parse(exported.file) as ClientFile;
    const { state } = await findClient(api, clientId);
    throw conflict(state, refused[exported.result]);
  });
}
