import type { FastifyInstance } from 'fastify';
import { answerView } from '../../placement/view.ts';
import { supposed } from '../../placement/what-if.ts';
import type { OperatorApi } from '../context.ts';
import { refusingLater } from '../questions.ts';
import {
  applicationBodyLimit,
  type PlacementRequest,
  PlacementRequestSchema,
  questionOf,
} from './request.ts';
import { PlacementSchema } from './schemas.ts';

/** POST /placement:query */
export function queryPlacement(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Which devices can host an application, which is best, and why the others cannot',
    tags: ['placement'],
    body: PlacementRequestSchema,
    response: { 200: PlacementSchema },
  };
  app.post('/placement::query', { schema, bodyLimit: applicationBodyLimit }, (request) =>
    refusingLater(async () => {
      const asked = request.body as PlacementRequest;
      const question = await questionOf(api, asked);
      const { application } = question;
      const answer = await api.placement.query(question, api.now());
      const view = {
        application: { id: application.id, name: application.name, version: application.version },
        ...answerView(application, answer),
      };
      if (asked.whatIf === undefined) return view;
      const other = supposed(question, asked.whatIf);
      return {
        ...view,
        whatIf: answerView(other.application, await api.placement.query(other, api.now())),
      };
    }),
  );
}
