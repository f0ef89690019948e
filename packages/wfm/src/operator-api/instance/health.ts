import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import type { Load } from '../../http/overload.ts';
import type { OperatorApi } from '../context.ts';

/** The load of the device listener, for Prometheus. */
function loadLines(load: Load): string[] {
  const metric = (name: string, type: 'gauge' | 'counter', help: string, value: number): string[] => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    `${name} ${value}`,
  ];
  return [
    ...metric('muster_device_connections', 'gauge', 'Open connections of devices.', load.connections),
    ...metric(
      'muster_device_requests_in_progress',
      'gauge',
      'Requests of devices that wait for their signature, the database or an operator.',
      load.requestsInProgress,
    ),
    ...metric(
      'muster_device_requests_refused_for_overload_total',
      'counter',
      'Requests of devices that were told to come again.',
      load.refusedForOverload,
    ),
    ...metric(
      'muster_device_connections_dropped_total',
      'counter',
      'Connections of devices that were closed because there were too many.',
      load.droppedConnections,
    ),
  ];
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
    const { active, blocked, retired } = await api.store.clients.countByState();
    const lines = [
      '# HELP muster_clients Onboarded clients.',
      '# TYPE muster_clients gauge',
      `muster_clients ${active + blocked + retired}`,
      '# HELP muster_enrollments_pending Requests that wait for an operator.',
      '# TYPE muster_enrollments_pending gauge',
      `muster_enrollments_pending ${await api.store.enrollments.countPending()}`,
      ...loadLines(await api.deviceLoad()),
      '# HELP process_resident_memory_bytes Resident memory.',
      '# TYPE process_resident_memory_bytes gauge',
      `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    ];
    return reply.type('text/plain; version=0.0.4').send(`${lines.join('\n')}\n`);
  });
}
