import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { type AlertSort, alertSorts } from '../../store/ports/inventory.ts';
import type { OperatorApi } from '../context.ts';
import { filters, listQuery, pageOf } from '../listing.ts';
import { pageSchema } from '../views.ts';

const textOrNull = Type.Unsafe<string | null>({ anyOf: [{ type: 'string' }, { type: 'null' }] });

const AlertSchema = Type.Object(
  {
    alertId: Type.String(),
    reservationId: textOrNull,
    requirement: textOrNull,
    clientId: Type.String(),
    deviceId: Type.String(),
    application: Type.String(),
    lost: Type.Array(Type.String(), { description: 'constraint by constraint, needed against offered' }),
    since: Type.String({ format: 'date-time' }),
  },
  { $id: 'DriftAlert', description: 'because of a reservation or of a requirement: one of the two is given' },
);

/** GET /drift-alerts */
export function listDriftAlerts(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Reserved and required workloads whose device no longer offers what they need',
    tags: ['devices'],
    querystring: listQuery(alertSorts, { clientId: filters.clientId }),
    response: { 200: pageSchema(AlertSchema) },
  };
  app.get('/drift-alerts', { schema }, async (request) => {
    const { clientId } = request.query as { clientId?: string };
    const page = await api.store.fleet.alerts({ ...pageOf<AlertSort>(request.query), clientId });
    return {
      items: page.items.map((a) => ({ ...a, since: new Date(a.since).toISOString() })),
      nextCursor: page.nextCursor,
    };
  });
}
