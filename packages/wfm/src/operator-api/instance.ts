/** What the instance says of itself: trust, join string, audit, health, metrics. */
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http/problem.ts';
import type { OperatorApi } from './context.ts';
import { PageQuery, pageSchema } from './views.ts';

/** Adds the routes below /operator/v1. */
export function instanceRoutes(app: FastifyInstance, api: OperatorApi): void {
  app.get('/trust', { schema: { summary: 'The root CA that devices are given', tags: ['trust'] } }, () => ({
    caPin: api.caPin,
    certificates: api.caCertificates().map((c) => ({
      pin: `sha256:${c.sha256}`,
      subject: c.subject,
      notBefore: c.notBefore.toISOString(),
      notAfter: c.notAfter.toISOString(),
      pem: c.pem,
    })),
  }));
  app.get('/join-string', { schema: { summary: 'The line to paste on a device', tags: ['trust'] } }, () =>
    api.joinString(),
  );
  app.get(
    '/audit',
    {
      schema: {
        summary: 'Who did what, oldest first',
        tags: ['audit'],
        querystring: PageQuery,
        response: { 200: pageSchema({ type: 'object', additionalProperties: true }) },
      },
    },
    async (request) => {
      const { limit = 100, cursor } = request.query as { limit?: number; cursor?: string };
      const page = await api.store.audit.list({ limit, cursor });
      return {
        items: page.items.map((e) => ({ ...e, at: new Date(e.at).toISOString() })),
        nextCursor: page.nextCursor,
      };
    },
  );
  app.get('/audit/verify', { schema: { summary: 'Check the hash chain', tags: ['audit'] } }, () =>
    api.store.audit.verify(),
  );
}

/** Adds health and metrics beside the API: no token, and nothing in them that needs one. */
export function healthRoutes(app: FastifyInstance, api: OperatorApi): void {
  app.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { hide: true } }, async () => {
    if (!(await api.store.ready()))
      throw new HttpProblem('not-ready', { detail: 'The database does not answer.', retryAfterSeconds: 5 });
    return { status: 'ready' };
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const lines = [
      '# HELP muster_clients Onboarded clients.',
      '# TYPE muster_clients gauge',
      `muster_clients ${await api.store.clients.count()}`,
      '# HELP muster_enrollments_pending Requests that wait for an operator.',
      '# TYPE muster_enrollments_pending gauge',
      `muster_enrollments_pending ${await api.store.enrollments.countPending()}`,
      '# HELP process_resident_memory_bytes Resident memory.',
      '# TYPE process_resident_memory_bytes gauge',
      `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    ];
    return reply.type('text/plain; version=0.0.4').send(`${lines.join('\n')}\n`);
  });
}
