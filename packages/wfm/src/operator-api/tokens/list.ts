import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { TokenRecord } from '../../store/ports.ts';
import type { OperatorApi } from '../context.ts';

const time = Type.Unsafe({ anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] });
export const TokenSchema = Type.Object(
  {
    name: Type.String(),
    role: Type.String({ enum: ['viewer', 'operator', 'admin'] }),
    createdAt: time,
    createdBy: Type.String(),
    expiresAt: time,
    lastUsedAt: time,
    revokedAt: time,
    state: Type.String({ enum: ['in-force', 'expired', 'revoked'] }),
  },
  { $id: 'Token' },
);

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function stateOf({ revokedAt, expiresAt }: TokenRecord, now: number): 'in-force' | 'expired' | 'revoked' {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'in-force';
}

/** A token for operators: never the token itself, nor its hash. */
export function tokenView(t: TokenRecord, now: number) {
  const { name, role, createdBy } = t;
  return {
    name,
    role,
    createdAt: iso(t.createdAt),
    createdBy,
    expiresAt: iso(t.expiresAt),
    lastUsedAt: iso(t.lastUsedAt),
    revokedAt: iso(t.revokedAt),
    state: stateOf(t, now),
  };
}

/** GET /tokens */
export function listTokens(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Operator tokens',
    tags: ['tokens'],
    response: { 200: Type.Object({ items: Type.Array(TokenSchema), nextCursor: Type.Null() }) },
  };
  app.get('/tokens', { schema, config: { role: 'admin' } }, async () => ({
    items: (await api.store.tokens.list()).map((t) => tokenView(t, api.now())),
    nextCursor: null,
  }));
}
