import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { HttpProblem } from '../../http/problem.ts';
import { type AuditFilter, type AuditSort, auditSorts } from '../../store/ports/audit.ts';
import type { OperatorApi } from '../context.ts';
import { listQuery, pageOf } from '../listing.ts';
import { pageSchema } from '../views.ts';
import { AuditEntrySchema } from './view.ts';

type Query = Pick<AuditFilter, 'action' | 'actor' | 'subject'> & { since?: string; until?: string };

const time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));
const filters = {
  action: Type.Optional(
    Type.String({
      maxLength: 100,
      pattern: '^[A-Za-z]+(?:\\.[A-Za-z]+)?$',
      description: 'an action such as client.blocked, or all of a kind: client',
    }),
  ),
  actor: Type.Optional(
    Type.String({
      maxLength: 1000,
      description: 'who, as it stands in the entry; oidc:SUBJECT is a person under whatever name',
    }),
  ),
  subject: Type.Optional(
    Type.String({
      maxLength: 700,
      description: 'on what, as it stands in the entry; with a clientId come its devices (clientId/deviceId)',
    }),
  ),
  since: time('from this time on'),
  until: time('before this time'),
};

/** A time of the query in milliseconds since 1970. @throws HttpProblem `invalid-request` for one that no clock shows */
function millisecondsOf(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isFinite(at)) return at;
  const message = 'must be a time such as 2027-01-31T00:00:00Z';
  throw new HttpProblem('invalid-request', {
    detail: `${field} ${message}.`,
    errors: [{ field, message }],
  });
}

/** GET /audit */
export function listAudit(app: FastifyInstance, api: OperatorApi): void {
  app.get(
    '/audit',
    {
      schema: {
        summary: 'Who did what; oldest first when nothing is said',
        tags: ['audit'],
        querystring: listQuery(auditSorts, filters),
        response: { 200: pageSchema(AuditEntrySchema) },
      },
    },
    async (request) => {
      const { action, actor, subject, since, until } = request.query as Query;
      const page = await api.store.audit.list({
        ...pageOf<AuditSort>(request.query),
        action,
        actor,
        subject,
        since: millisecondsOf('since', since),
        until: millisecondsOf('until', until),
      });
      return {
        items: page.items.map((e) => ({ ...e, at: new Date(e.at).toISOString() })),
        nextCursor: page.nextCursor,
      };
    },
  );
}
