import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';

/** GET /join-string */
export function showJoinString(app: FastifyInstance, api: OperatorApi): void {
  app.get('/join-string', { schema: { summary: 'The line to paste on a device', tags: ['trust'] } }, () =>
    api.joinString(),
  );
}
