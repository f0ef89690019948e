/** POST /api/v1/onboarding/withdrawal: a device takes its request back. Other makers' devices never call it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authenticateApplicant } from '../authenticate/applicant.ts';
import { receivedRequest } from '../authenticate/context.ts';
import { HttpProblem } from '../http/problem.ts';
import { requireJson } from './content-type.ts';
import type { DeviceApi } from './context.ts';

/**
 * Makes the handler. The document and its proof are those of an onboarding request; the target that is signed says which of
 * the two it is. A rejection stays one, and a device that was let in meanwhile is told so.
 */
export function postWithdrawal(api: DeviceApi) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    requireJson(request);
    const received = receivedRequest(api, request);
    const { leaf } = await authenticateApplicant(api, received);
    const result = await api.store.enrollments.withdraw(leaf.spkiSha256, received.remoteAddress, api.now());
    if (result === 'conflict')
      throw new HttpProblem('conflict', {
        detail: 'This device has been let in; there is no request to take back.',
        extra: { state: 'approved' },
      });
    if (result === 'withdrawn') api.decisions.decided(leaf.spkiSha256);
    return reply.code(204).send();
  };
}
