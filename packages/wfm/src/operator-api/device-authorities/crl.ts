import { CrlError } from '@muster/pki';
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { storeCrl } from '../../admission/crl-store.ts';
import { HttpProblem } from '../../http/problem.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';

/** POST /device-authorities/:name/crl: the list decides at once; active clients that it names are blocked. */
export function putCrl(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Upload a revocation list',
    tags: ['device-authorities'],
    body: Type.Object({
      crl: Type.String({ maxLength: 24 * 1024 * 1024, description: 'base64 of DER or PEM' }),
    }),
    response: {
      200: Type.Object({
        result: Type.String({ enum: ['stored', 'unchanged', 'older'] }),
        entries: Type.Integer(),
        blocked: Type.Array(Type.String()),
      }),
    },
  };
  app.post('/device-authorities/:name/crl', { schema, bodyLimit: 25 * 1024 * 1024 }, async (request) => {
    const { name } = request.params as { name: string };
    const group = (await api.policy.current()).groups.find((g) => g.name === name);
    if (group === undefined) throw new HttpProblem('not-found', { detail: 'There is no such group.' });
    const bytes = Buffer.from((request.body as { crl: string }).crl, 'base64');
    try {
      return await storeCrl(api.store, group, bytes, operatorOf(request).name, api.now());
    } catch (error) {
      if (!(error instanceof CrlError)) throw error;
      const { code, seen, expected, nextStep } = error;
      throw new HttpProblem('semantic-error', {
        detail: `${error.message} ${nextStep}`,
        errors: [{ field: 'crl', message: error.message }],
        extra: { check: code, seen, expected, nextStep },
      });
    }
  });
}
