import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { countFacets } from '../../fleet/facets.ts';
import type { OperatorApi } from '../context.ts';
import { PopulationFields, populationOf, refusingLater } from '../questions.ts';

const FacetsSchema = Type.Object({
  devices: Type.Integer(),
  facets: Type.Record(
    Type.String(),
    Type.Array(Type.Object({ value: Type.String(), devices: Type.Integer() })),
  ),
});

/** GET /device-facets */
export function deviceFacets(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Counts by vendor, architecture, runtime, deployment type, peripheral, label and last sight',
    tags: ['devices'],
    querystring: Type.Object(PopulationFields),
    response: { 200: FacetsSchema },
  };
  app.get('/device-facets', { schema }, (request) =>
    refusingLater(() =>
      countFacets(
        api.store.fleet,
        api.catalogue,
        populationOf(request.query as { selector?: string; text?: string; clientId?: string }),
        api.now(),
      ),
    ),
  );
}
