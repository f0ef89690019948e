import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { readCursor, writeCursor } from '../../store/cursor.ts';
import type { OperatorApi } from '../context.ts';
import { findClient, noSuchDevice } from '../find.ts';
import { page } from '../listing.ts';
import { pageSchema } from '../views.ts';

const RevisionSchema = Type.Object(
  {
    revision: Type.Integer(),
    at: Type.String({ format: 'date-time' }),
    profile: Type.String(),
    digest: Type.String(),
    change: Type.Array(Type.String(), { description: 'against the revision before; empty for the first' }),
    document: Type.String({ description: 'base64 of the report, as it was received' }),
  },
  { $id: 'Revision' },
);

const order = '-revision';

/** GET /device-revisions/:clientId/:deviceId, newest first. */
export function deviceRevisions(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'What changed on a device, and each report as it was received',
    tags: ['devices'],
    querystring: Type.Object(page),
    response: { 200: pageSchema(RevisionSchema) },
  };
  app.get('/device-revisions/:clientId/*', { schema }, async (request) => {
    const params = request.params as { clientId: string; '*': string };
    const client = await findClient(api, params.clientId);
    const found = await api.store.fleet.revisions(client.clientId, params['*']);
    if (found.length === 0) throw noSuchDevice(client.clientId);
    const { limit = 100, cursor } = request.query as { limit?: number; cursor?: string };
    const before = readCursor(cursor, order, ['number'])?.[0] ?? Infinity;
    const rest = found.filter((r) => r.revision < Number(before));
    const items = rest.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map((r) => ({
        revision: r.revision,
        at: new Date(r.at).toISOString(),
        profile: r.profile,
        digest: `sha256:${r.digest}`,
        change: r.change,
        document: Buffer.from(r.document).toString('base64'),
      })),
      nextCursor:
        last === undefined || rest.length === items.length ? null : writeCursor(order, [last.revision]),
    };
  });
}
