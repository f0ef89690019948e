import { Type } from 'typebox';
import { HttpProblem } from '../../http/problem.ts';
import type { RequiredWorkload } from '../../store/ports/requirements.ts';
import type { OperatorApi } from '../context.ts';

export const RequirementName = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$' }),
});

export const RequirementSchema = Type.Object(
  {
    name: Type.String(),
    application: Type.String({ description: 'the id of the application' }),
    selector: Type.String({ description: 'of the devices that must be able to host it; empty for all' }),
    target: Type.Unsafe({
      anyOf: [{ type: 'string' }, { type: 'null' }],
      description: 'the device that a deployment names',
    }),
    createdAt: Type.String({ format: 'date-time' }),
    createdBy: Type.String(),
  },
  { $id: 'Requirement' },
);

/** A requirement as operators see it. */
export function requirementView(r: RequiredWorkload): object {
  const { name, application, selector, target, createdBy } = r;
  return { name, application, selector, target, createdAt: new Date(r.createdAt).toISOString(), createdBy };
}

/** What is said of a name that nothing has. */
export const noRequirementText = (name: string): string =>
  `There is no requirement ${name.slice(0, 64)}. List them: muster requirements list`;

/** @throws HttpProblem `not-found` */
export async function findRequirement(api: OperatorApi, params: unknown): Promise<RequiredWorkload> {
  const { name } = params as { name: string };
  const found = await api.store.requirements.get(name);
  if (found === null) throw new HttpProblem('not-found', { detail: noRequirementText(name) });
  return found;
}
