import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';

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
