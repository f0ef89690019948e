import { createHash, randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { Role } from '../../store/ports.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { TokenSchema, tokenView } from './list.ts';

/** POST /tokens: the token is shown once and kept as a hash. */
export function createToken(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Create an operator token',
    tags: ['tokens'],
    body: Type.Object({
      name: Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9][A-Za-z0-9 @._-]*$' }),
      role: Type.String({ enum: ['viewer', 'operator', 'admin'] }),
      days: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 3650 })),
    }),
    response: { 201: Type.Object({ ...TokenSchema.properties, token: Type.String() }) },
  };
  app.post('/tokens', { schema, config: { role: 'admin' } }, async (request, reply) => {
    const { name, role, days } = request.body as { name: string; role: Role; days?: number };
    const token = `muster_${randomBytes(32).toString('base64url')}`;
    const record = {
      tokenSha256: createHash('sha256').update(token).digest('hex'),
      name,
      role,
      createdAt: api.now(),
      createdBy: operatorOf(request).name,
      expiresAt: days === undefined ? null : Math.round(api.now() + days * 86_400_000),
      lastUsedAt: null,
      revokedAt: null,
    };
    const holder = await api.store.tokens.add(record);
    if (holder !== null) {
      const { state } = tokenView(holder, api.now());
      throw conflict(
        state,
        `There is a token ${name}, ${state}; it is not shown again. Revoke it first (muster tokens revoke), or choose another name.`,
        { role: holder.role },
      );
    }
    return reply.code(201).send({ ...tokenView(record, api.now()), token });
  });
}
