import { createHash, randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { labelsFault } from '../../fleet/labels.ts';
import { HttpProblem } from '../../http/problem.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { ticketIdOf } from './view.ts';

interface Body {
  readonly clientId?: string;
  readonly uses?: number;
  readonly hours?: number;
  readonly labels?: Record<string, string>;
  readonly note?: string;
}

/** Makes a ticket and keeps its hash. @returns the ticket, which nobody can be shown again */
export async function issueTicket(
  api: OperatorApi,
  o: {
    clientId?: string | undefined;
    uses: number;
    hours: number;
    labels?: Readonly<Record<string, string>>;
    note?: string | undefined;
    actor: string;
  },
): Promise<{ ticket: string; ticketId: string; expiresAt: number }> {
  const ticket = `mt_${randomBytes(24).toString('base64url')}`;
  const createdAt = api.now();
  const expiresAt = Math.round(createdAt + o.hours * 3_600_000);
  const ticketSha256 = createHash('sha256').update(ticket).digest('hex');
  await api.store.admission.addTicket({
    ticketSha256,
    clientId: o.clientId ?? null,
    usesLeft: o.uses,
    labels: JSON.stringify(o.labels ?? {}),
    note: o.note ?? null,
    createdAt,
    createdBy: o.actor,
    expiresAt,
    usedAt: null,
  });
  return { ticket, ticketId: ticketIdOf(ticketSha256), expiresAt };
}

/** POST /tickets: shown once, kept as a hash. With a clientId it lets replacement hardware take that identity over. */
export function addTicket(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Issue a ticket that lets a device in',
    tags: ['tickets'],
    body: Type.Object({
      clientId: Type.Optional(Type.String({ maxLength: 200 })),
      uses: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
      hours: Type.Optional(Type.Number({ minimum: 0.01, maximum: 8_760 })),
      labels: Type.Optional(Type.Record(Type.String(), Type.String())),
      note: Type.Optional(Type.String({ maxLength: 500 })),
    }),
    response: {
      201: Type.Object({
        ticket: Type.String(),
        ticketId: Type.String({ description: 'by which it is taken back' }),
        clientId: Type.Unsafe({ anyOf: [{ type: 'string' }, { type: 'null' }] }),
        uses: Type.Integer(),
        expiresAt: Type.String({ format: 'date-time' }),
      }),
    },
  };
  app.post('/tickets', { schema }, async (request, reply) => {
    const { clientId, uses = 1, hours = 24, labels = {}, note } = request.body as Body;
    const problem = labelsFault(labels);
    if (problem !== null)
      throw new HttpProblem('semantic-error', {
        detail: `The labels cannot be used: ${problem}.`,
        errors: [{ field: 'labels', message: problem }],
      });
    const client = clientId === undefined ? null : await findClient(api, clientId);
    if (client !== null && (uses > 1 || client.state === 'retired'))
      throw conflict(
        client.state,
        uses > 1
          ? 'An identity is taken over once: ask for a ticket with one use.'
          : 'A retired client is not taken over; readmit it first: muster clients readmit',
      );
    const { ticket, ticketId, expiresAt } = await issueTicket(api, {
      clientId: client?.clientId,
      uses,
      hours,
      labels,
      note,
      actor: operatorOf(request).name,
    });
    return reply.code(201).send({
      ticket,
      ticketId,
      clientId: client?.clientId ?? null,
      uses,
      expiresAt: new Date(expiresAt).toISOString(),
    });
  });
}
