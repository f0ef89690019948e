import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { OperatorApi } from '../context.ts';
import { findClient, noSuchDevice } from '../find.ts';
import { applicationBodyLimit, applicationOf, PlacementRequestSchema } from './request.ts';
import { ExplanationSchema } from './schemas.ts';

/** POST /placement:explain */
export function explainPlacement(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Constraint by constraint, why one device can host an application or cannot',
    tags: ['placement'],
    body: Type.Object(
      {
        application: PlacementRequestSchema.properties.application,
        clientId: Type.String({ maxLength: 200 }),
        deviceId: Type.String({ maxLength: 512 }),
      },
      { additionalProperties: false },
    ),
    response: { 200: ExplanationSchema },
  };
  app.post('/placement::explain', { schema, bodyLimit: applicationBodyLimit }, async (request) => {
    const o = request.body as { application: string | object; clientId: string; deviceId: string };
    const application = await applicationOf(api, o.application);
    const client = await findClient(api, o.clientId);
    const answer = await api.placement.explain(application, client.clientId, o.deviceId, api.now());
    if (answer === null) throw noSuchDevice(client.clientId);
    return { clientId: client.clientId, deviceId: o.deviceId, ...answer };
  });
}
