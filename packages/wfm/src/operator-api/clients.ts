/** clients: list, show, and the moves of a client's life. */
import { Type } from 'typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Move, moves } from '../fleet/lifecycle.ts';
import { HttpProblem } from '../http/problem.ts';
import type { ClientState } from '../store/ports.ts';
import type { OperatorApi } from './context.ts';
import { decideEnrollment } from './enrollments.ts';
import { findClient } from './find.ts';
import { ClientSchema, clientView, fingerprintHex, PageQuery, pageSchema } from './views.ts';

type Query = { limit?: number; cursor?: string; state?: ClientState; text?: string; fingerprint?: string };
const Id = Type.Object({ clientId: Type.String({ maxLength: 200 }) });

/** Adds the routes. */
export function clientRoutes(
  app: FastifyInstance,
  api: OperatorApi,
  actor: (request: FastifyRequest) => string,
): void {
  app.get(
    '/clients',
    {
      schema: {
        summary: 'Onboarded clients',
        tags: ['clients'],
        querystring: PageQuery,
        response: { 200: pageSchema(ClientSchema) },
      },
    },
    async (request) => {
      const { limit = 100, cursor, state, text, fingerprint } = request.query as Query;
      const page = await api.store.clients.list({
        limit,
        cursor,
        state,
        text,
        fingerprintPrefix: fingerprint === undefined ? undefined : fingerprintHex(fingerprint),
      });
      return { items: page.items.map(clientView), nextCursor: page.nextCursor };
    },
  );
  app.get(
    '/clients/:clientId',
    { schema: { summary: 'One client', tags: ['clients'], params: Id, response: { 200: ClientSchema } } },
    async (request) => {
      return clientView(await findClient(api, (request.params as { clientId: string }).clientId));
    },
  );
  for (const move of Object.keys(moves) as Move[]) {
    app.post(
      `/clients/:clientId/${move}`,
      {
        schema: {
          summary: `${move} a client`,
          tags: ['clients'],
          params: Id,
          response: { 200: ClientSchema },
        },
      },
      async (request) => {
        const client = await findClient(api, (request.params as { clientId: string }).clientId);
        const { from, to } = moves[move];
        const result = await api.store.clients.setState(client.clientId, from, to, actor(request), api.now());
        const after = await findClient(api, client.clientId);
        if (result === 'conflict')
          throw new HttpProblem('conflict', {
            detail: `A client that is ${after.state} cannot be ${to}.`,
            extra: { state: after.state },
          });
        return clientView(after);
      },
    );
  }
  for (const verdict of ['approve', 'reject'] as const) {
    app.post(
      `/clients/:clientId/${verdict}`,
      {
        schema: {
          summary: `${verdict} the request of a client, by its fingerprint`,
          tags: ['clients'],
          params: Id,
        },
      },
      (request) =>
        decideEnrollment(
          api,
          verdict,
          (request.params as { clientId: string }).clientId,
          actor(request),
          undefined,
        ),
    );
  }
  app.delete(
    '/clients/:clientId',
    { schema: { summary: 'Delete a client; its key stays refused', tags: ['clients'], params: Id } },
    async (request, reply) => {
      const client = await findClient(api, (request.params as { clientId: string }).clientId);
      await api.store.clients.delete(client.clientId, actor(request), api.now());
      return reply.code(204).send();
    },
  );
}
