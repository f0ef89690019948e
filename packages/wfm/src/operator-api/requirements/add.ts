import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { applicationOf, PlacementRequestSchema } from '../placement/request.ts';
import { PopulationFields, selectorOf } from '../questions.ts';
import { findRequirement, RequirementName, RequirementSchema, requirementView } from './view.ts';

interface Body {
  readonly name: string;
  readonly application: string | object;
  readonly selector?: string;
}

/** POST /requirements: the same again changes nothing; the same name for something else is a conflict. */
export function addRequirement(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Require that devices be able to host an application; drift alerts tell when one no longer is',
    tags: ['placement'],
    body: Type.Object(
      {
        ...RequirementName.properties,
        application: PlacementRequestSchema.properties.application,
        selector: PopulationFields.selector,
      },
      { additionalProperties: false },
    ),
    response: { 200: RequirementSchema, 201: RequirementSchema },
  };
  app.post('/requirements', { schema }, async (request, reply) => {
    const { name, application, selector = '' } = request.body as Body;
    selectorOf(selector);
    const result = await api.store.requirements.add({
      name,
      application: await applicationOf(api, application),
      document: typeof application === 'string' ? application : JSON.stringify(application),
      selector,
      actor: operatorOf(request).name,
      now: api.now(),
    });
    if (result === 'too-many')
      throw conflict(
        'full',
        'There are 100 requirements. Remove one that is not needed: muster requirements remove',
      );
    const present = requirementView(await findRequirement(api, { name }));
    if (result === 'conflict')
      throw conflict(
        'present',
        `There is a requirement ${name} with other terms. Remove it first, or choose another name.`,
        { present },
      );
    return reply.code(result === 'added' ? 201 : 200).send(present);
  });
}
