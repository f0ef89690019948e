import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';

const count = Type.Integer({ minimum: 0 });

/** GET /summary: how many clients there are in each state, and how many requests wait. */
export function summary(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'How many clients there are in each state, and how many requests wait',
    tags: ['clients'],
    response: {
      200: Type.Object({
        clients: Type.Object({ active: count, blocked: count, retired: count }),
        enrollments: Type.Object({ pending: count }),
      }),
    },
  };
  app.get('/summary', { schema }, async () => {
    const [clients, pending] = await Promise.all([
      api.store.clients.countByState(),
      api.store.enrollments.countPending(),
    ]);
    return { clients, enrollments: { pending } };
  });
}
