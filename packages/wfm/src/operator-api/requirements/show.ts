import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Placed } from '../../placement/answer.ts';
import { type Constraint, isMet } from '../../placement/constraints.ts';
import { compile } from '../../placement/judge.ts';
import { profilesFromJson } from '../../placement/required.ts';
import type { OperatorApi } from '../context.ts';
import { refusingLater, selectorOf } from '../questions.ts';
import { findRequirement, RequirementName, RequirementSchema, requirementView } from './view.ts';

const mostListed = 100;

/** A device that hosts nothing lacks all there is: that it hosts nothing is enough to say. */
function lacksOf(constraints: readonly Constraint[], one: Placed): string[] {
  const unmet = constraints.filter((c) => !isMet(c, one));
  const hosting = unmet.filter((c) => c.name === 'hosting');
  return (hosting.length > 0 ? hosting : unmet).map((c) => c.lacks(one));
}

/** GET /requirements/:name, with the devices that cannot host it now: also those that never could, for which no alert is raised. */
export function showRequirement(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'One requirement, its application, and how many of the devices that are meant can host it now',
    tags: ['placement'],
    params: RequirementName,
    response: {
      200: Type.Object({
        ...RequirementSchema.properties,
        document: Type.String({ description: 'the application as it was given' }),
        devices: Type.Integer({ description: 'that are meant' }),
        fitting: Type.Integer({ description: 'of these' }),
        notFitting: Type.Array(
          Type.Object({ clientId: Type.String(), deviceId: Type.String(), lacks: Type.Array(Type.String()) }),
          { description: `the nearest ${mostListed} that do not fit, and what they lack` },
        ),
      }),
    },
  };
  app.get('/requirements/:name', { schema }, async (request) => {
    const found = await findRequirement(api, request.params);
    const { name, target, document } = found;
    const application = {
      id: found.application,
      name,
      version: '',
      profiles: profilesFromJson(found.profiles),
    };
    const profiles = compile(application);
    const answer = await refusingLater(() =>
      api.placement.query(
        {
          application,
          selector: selectorOf(found.selector),
          target: target ?? undefined,
          count: 1,
          limit: 0,
          missLimit: mostListed,
        },
        api.now(),
      ),
    );
    return {
      ...requirementView(found),
      document,
      devices: answer.devices,
      fitting: answer.fitting,
      notFitting: answer.notFitting.map((one) => ({
        clientId: one.clientId,
        deviceId: one.deviceId,
        lacks: lacksOf(profiles[one.verdict.profile]?.constraints ?? [], one),
      })),
    };
  });
}
