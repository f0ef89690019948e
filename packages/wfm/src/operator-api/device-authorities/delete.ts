import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { rulesOf } from '../../admission/policy.ts';
import { checkEnded, conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';

/** DELETE /device-authorities/:name */
export function deleteAuthority(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Remove a group; clients that came in by it stay',
    tags: ['device-authorities'],
    response: { 204: Type.Null() },
  };
  app.delete('/device-authorities/:name', { schema, config: { role: 'admin' } }, async (request, reply) => {
    const { name } = request.params as { name: string };
    const ruleSet = await api.store.admission.rules();
    const users = ruleSet === null ? [] : rulesOf(ruleSet.document).filter((r) => r.match.authority === name);
    if (users.length > 0)
      throw conflict(
        'in-use',
        `Rules speak of this group: ${users.map((r) => r.name).join(', ')}. Change them first.`,
        { rules: users.map((r) => r.name) },
      );
    if (!(await api.store.admission.removeAuthority(name, operatorOf(request).name, api.now())))
      await checkEnded(
        api,
        name,
        ['authority.removed'],
        'There is no such group. List them: muster device-ca list',
      );
    return reply.code(204).send();
  });
}
