import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import {
  type Role,
  type TokenRecord,
  type TokenSort,
  tokenSorts,
  type TokenState,
} from '../../store/ports/tokens.ts';
import type { OperatorApi } from '../context.ts';
import { listQuery, oneOf, pageOf } from '../listing.ts';
import { pageSchema } from '../views.ts';

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

function stateOf({ revokedAt, expiresAt }: TokenRecord, now: number): TokenState {
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

interface Query {
  readonly state?: TokenState;
  readonly role?: Role;
}

/** GET /tokens */
export function listTokens(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Operator tokens',
    tags: ['tokens'],
    querystring: listQuery(tokenSorts, {
      state: oneOf('in-force', 'expired', 'revoked'),
      role: oneOf('viewer', 'operator', 'admin'),
    }),
    response: { 200: pageSchema(TokenSchema) },
  };
  app.get('/tokens', { schema, config: { role: 'admin' } }, async (request) => {
    const { state, role } = request.query as Query;
    const now = api.now();
    await api.tokenUses.flush();
    const page = await api.store.tokens.list({ ...pageOf<TokenSort>(request.query), state, role, now });
    return { items: page.items.map((t) => tokenView(t, now)), nextCursor: page.nextCursor };
  });
}
