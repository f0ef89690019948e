import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { rehearse } from '../../admission/rehearse.ts';
import type { OperatorApi } from '../context.ts';
import { readRuleBody } from './read.ts';

/** POST /rules/rehearse: JSON Lines of progress and differences, ended by a summary. Nothing is changed. */
export function rehearseRules(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'What a rule set would have decided differently about the recorded requests',
    tags: ['rules'],
    body: Type.Object({
      rules: Type.Array(Type.Unsafe({ type: 'object', additionalProperties: true }), { maxItems: 500 }),
    }),
    response: {
      200: { description: 'JSON Lines', content: { 'application/jsonl': { schema: Type.String() } } },
    },
  };
  app.post('/rules/rehearse', { schema, bodyLimit: 8 * 1024 * 1024 }, async (request, reply) => {
    const rules = await readRuleBody(api, request.body);
    const policy = await api.policy.current();
    const lines = rehearse({ store: api.store, policy, rules, mode: api.admission, now: api.now() });
    async function* text(): AsyncGenerator<string> {
      for await (const line of lines) yield `${JSON.stringify(line)}\n`;
    }
    return reply.type('application/jsonl').send(Readable.from(text()));
  });
}
