import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { readRuleBody } from './read.ts';

interface Body {
  readonly version: number;
  readonly comment?: string;
  readonly rules: readonly object[];
}

/** PUT /rules: activates a rule set; `version` names the one that was edited, so that nobody's change is lost. */
export function putRules(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Activate a rule set',
    tags: ['rules'],
    body: Type.Object({
      version: Type.Integer({ minimum: 0, description: 'the version that was edited; 0 for the first' }),
      comment: Type.Optional(Type.String({ maxLength: 500 })),
      rules: Type.Array(Type.Unsafe({ type: 'object', additionalProperties: true }), { maxItems: 500 }),
    }),
    response: { 200: Type.Object({ version: Type.Integer(), rules: Type.Integer() }) },
  };
  app.put('/rules', { schema, bodyLimit: 8 * 1024 * 1024, config: { role: 'admin' } }, async (request) => {
    const { version, comment = '' } = request.body as Body;
    const rules = await readRuleBody(api, request.body);
    const document = JSON.stringify({ rules });
    const actor = operatorOf(request).name;
    const kept = await api.store.admission.putRules(document, comment, version, actor, api.now());
    if (kept === 'conflict') {
      const present = (await api.store.admission.rules())?.version ?? 0;
      throw conflict(
        `version ${present}`,
        `Somebody has changed the rules since; the present version is ${present}. Look at them, and send that version.`,
        { version: present },
      );
    }
    return { version: kept.version, rules: rules.length };
  });
}
