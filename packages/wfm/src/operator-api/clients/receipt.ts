import type { FastifyInstance } from 'fastify';
import { decodeCertificates } from '@muster/pki';
import { parseJson, parseOnboardingRequest } from '@muster/protocol';
import { makeReceipt } from '../../audit/documents.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { ClientId } from '../views.ts';

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
    const kept = (await api.store.clients.receipts(client.clientId)).at(-1);
    if (kept === undefined)
      throw new HttpProblem('not-found', {
        detail: 'There is no receipt yet: the device has not asked since it was approved.',
      });
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
  });
}
