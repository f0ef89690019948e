import type { FastifyInstance } from 'fastify';
import { decodeCertificates } from '@muster/pki';
import { parseJson, parseOnboardingRequest } from '@muster/protocol';
import { makeReceipt, type ReceiptFile } from '../../audit/documents.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { ClientRecord } from '../../store/ports.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { ClientId } from '../views.ts';

/** The newest receipt of a client, or of one of its keys, as a file; null before there is one. */
export async function receiptFileOf(
  api: OperatorApi,
  client: ClientRecord,
  key?: string,
): Promise<ReceiptFile | null> {
  const all = await api.store.clients.receipts(client.clientId);
  const kept = all.filter((r) => key === undefined || r.spkiSha256 === key).at(-1);
  if (kept === undefined) return null;
  const { certificate } = parseOnboardingRequest(parseJson(kept.body));
  const leaf = decodeCertificates(certificate)[0];
  return makeReceipt(api.auditSigner, kept, {
    clientId: client.clientId,
    keyFingerprint: `sha256:${kept.spkiSha256}`,
    certificateFingerprint: `sha256:${leaf?.sha256 ?? ''}`,
    rule: kept.rule,
    decidedBy: kept.decidedBy,
    decidedAt: new Date(kept.createdAt).toISOString(),
  });
}

/** GET /clients/:clientId/receipt: the evidence behind an identity, as a file that can be checked offline. */
export function clientReceipt(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'The signed receipt of an onboarding',
    tags: ['clients'],
    params: ClientId,
    response: { 200: { type: 'object', additionalProperties: true } },
  };
  app.get('/clients/:clientId/receipt', { schema }, async (request) => {
    const client = await findClient(api, (request.params as { clientId: string }).clientId);
    const file = await receiptFileOf(api, client);
    if (file === null)
      throw new HttpProblem('not-found', {
        detail: 'There is no receipt yet: the device has not asked since it was approved.',
      });
    return file;
  });
}
