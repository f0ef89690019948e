import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { operatorOf } from '../operator.ts';

/** GET /whoami: whom the token of this request stands for, and what it may do. */
export function whoAmI(app: FastifyInstance): void {
  const schema = {
    summary: 'Who the token of this request stands for',
    tags: ['tokens'],
    response: {
      200: Type.Object({
        name: Type.String({ description: 'as it stands in the audit log' }),
        role: Type.String({ enum: ['viewer', 'operator', 'admin'] }),
      }),
    },
  };
  app.get('/whoami', { schema }, (request) => operatorOf(request));
}
