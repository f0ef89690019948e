import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';

/** GET /trust */
export function showTrust(app: FastifyInstance, api: OperatorApi): void {
  app.get('/trust', { schema: { summary: 'The root CA that devices are given', tags: ['trust'] } }, () => ({
    caPin: api.caPin,
    auditSigner: `sha256:${api.auditSigner.fingerprint}`,
    certificates: api.caCertificates().map((c) => ({
      pin: `sha256:${c.sha256}`,
      subject: c.subject,
      notBefore: c.notBefore.toISOString(),
      notAfter: c.notAfter.toISOString(),
      pem: c.pem,
    })),
  }));
}
