import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';

/** GET /join-string */
export function showJoinString(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'The line to paste on a device',
    tags: ['trust'],
    response: {
      200: Type.Object({
        joinString: Type.String(),
        urls: Type.Array(Type.String()),
        pins: Type.Array(Type.String()),
      }),
    },
  };
  app.get('/join-string', { schema }, () => api.joinString());
}
