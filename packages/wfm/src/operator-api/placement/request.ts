/** A question of placement as it comes over the wire. */
import type { Application } from '@muster/protocol';
import { Type } from 'typebox';
import type { PlacementQuestion } from '../../placement/answer.ts';
import { checkedTarget } from '../../placement/required.ts';
import type { WhatIf } from '../../placement/what-if.ts';
import type { OperatorApi } from '../context.ts';
import { PopulationFields, populationOf, refusing, refusingLater } from '../questions.ts';

const longestApplication = 1_048_576;

export interface PlacementRequest {
  /** The document as text (YAML or JSON), or as the object itself. */
  readonly application: string | object;
  readonly selector?: string;
  readonly text?: string;
  readonly clientId?: string;
  readonly target?: string;
  readonly count?: number;
  readonly limit?: number;
  readonly notFitting?: number;
  readonly spread?: string;
  readonly whatIf?: WhatIf;
}

/** Of a request with an application, in bytes: of its text, JSON doubles quotes and ends of lines. */
export const applicationBodyLimit = 2 * longestApplication + 262_144;

const strict = { additionalProperties: false };
const document = { type: 'object', additionalProperties: true } as const;

export const PlacementRequestSchema = Type.Object(
  {
    application: Type.Unsafe({
      anyOf: [{ type: 'string', maxLength: longestApplication }, document],
    }),
    ...PopulationFields,
    target: Type.Optional(
      Type.String({
        maxLength: 514,
        description: 'gw/dev is that device, gw/* each one behind that gateway',
      }),
    ),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
    limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000, default: 100 })),
    notFitting: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000, default: 10 })),
    spread: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 128,
        description: 'gateway, or the name of a label such as site',
      }),
    ),
    whatIf: Type.Optional(
      Type.Object(
        {
          cores: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
          memory: Type.Optional(Type.String({ maxLength: 40 })),
          storage: Type.Optional(Type.String({ maxLength: 40 })),
          devices: Type.Optional(
            Type.Array(
              Type.Object(
                {
                  capabilities: Type.Unsafe<object>(document),
                  labels: Type.Optional(
                    Type.Record(Type.String({ maxLength: 128 }), Type.String({ maxLength: 256 })),
                  ),
                },
                strict,
              ),
              { maxItems: 100 },
            ),
          ),
        },
        strict,
      ),
    ),
  },
  strict,
);

/** Reads the document of a request. @throws HttpProblem with every fault and its line */
export function applicationOf(api: OperatorApi, given: string | object): Promise<Application> {
  return refusingLater(() =>
    api.applications.read(typeof given === 'string' ? given : JSON.stringify(given)),
  );
}

/** The question as it was asked. */
export async function questionOf(api: OperatorApi, r: PlacementRequest): Promise<PlacementQuestion> {
  const application = await applicationOf(api, r.application);
  return {
    ...populationOf(r),
    application,
    target: refusing(() => checkedTarget(r.target)) ?? application.target,
    count: r.count ?? 1,
    limit: r.limit ?? 100,
    missLimit: r.notFitting ?? 10,
    spread: r.spread,
  };
}
