import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { rulesOf } from '../../admission/policy.ts';
import type { OperatorApi } from '../context.ts';

const RuleSetSchema = Type.Object({
  version: Type.Integer(),
  comment: Type.String(),
  createdAt: Type.Unsafe({ anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] }),
  createdBy: Type.String(),
  otherwise: Type.String({ enum: ['hold', 'open', 'closed'] }),
  rules: Type.Array(
    Type.Object(
      {
        name: Type.String(),
        action: Type.String({ enum: ['allow', 'hold', 'deny'] }),
        reason: Type.String(),
        match: Type.Object({ authority: Type.Optional(Type.String()) }, { additionalProperties: true }),
      },
      { additionalProperties: true },
    ),
  ),
});

/** GET /rules: the rule set in force, and what happens to what no rule speaks of. */
export function showRules(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'The admission rules in force',
    tags: ['rules'],
    response: { 200: RuleSetSchema },
  };
  app.get('/rules', { schema }, async () => {
    const ruleSet = await api.store.admission.rules();
    return {
      version: ruleSet?.version ?? 0,
      comment: ruleSet?.comment ?? '',
      createdAt: ruleSet === null ? null : new Date(ruleSet.createdAt).toISOString(),
      createdBy: ruleSet?.createdBy ?? '',
      otherwise: api.admission,
      rules: ruleSet === null ? [] : rulesOf(ruleSet.document),
    };
  });
}
