/** GET /api/v1/onboarding/certificate: the WFM's root CA. Unsigned by rule. */
import { encodeCertificates } from '@muster/pki';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/problem.ts';
import { acceptSignature, type DeviceApi } from './context.ts';

/** Makes the handler. */
export function getCertificate(api: DeviceApi) {
  return (_request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const certificates = api.caCertificates();
    if (certificates.length === 0) {
      throw new HttpProblem('not-found', {
        detail: 'This WFM serves a certificate of a public CA; trust it as the system does.',
      });
    }
    reply.header('accept-signature', acceptSignature);
    return reply.send({ certificate: encodeCertificates(certificates, api.certificateForm) });
  };
}
