import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { receiptFileOf } from '../../fleet/moving.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { ClientId, SignedSchema } from '../views.ts';

const ReceiptSchema = Type.Object({
  format: Type.String({ enum: ['muster-receipt-1'] }),
  request: Type.Object({
    method: Type.String(),
    targetUri: Type.String(),
    fields: Type.Array(Type.String(), { description: 'names and values in turn, as they came' }),
    body: Type.String({ description: 'base64' }),
  }),
  ...SignedSchema,
});

/** GET /clients/:clientId/receipt: the evidence behind an identity, as a file that can be checked offline. */
export function clientReceipt(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'The signed receipt of an onboarding',
    tags: ['clients'],
    params: ClientId,
    response: { 200: ReceiptSchema },
  };
  app.get('/clients/:clientId/receipt', { schema }, async (request) => {
    const client = await findClient(api, (request.params as { clientId: string }).clientId);
    const file = await receiptFileOf(
      api.auditSigner,
      client,
      await api.store.clients.receipts(client.clientId),
    );
    if (file === null)
      throw new HttpProblem('not-found', {
        detail: 'There is no receipt yet: the device has not asked since it was approved.',
      });
    return file;
  });
}
