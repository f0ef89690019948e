import { Type } from 'typebox';
import type { TicketRecord, TicketState } from '../../store/ports/admission.ts';

const time = Type.String({ format: 'date-time' });
const nullable = (schema: object): object => ({ anyOf: [schema, { type: 'null' }] });

export const TicketSchema = Type.Object(
  {
    ticketId: Type.String({ description: 'as in the audit log; the ticket itself is shown once' }),
    state: Type.String({
      enum: ['open', 'used', 'expired'],
      description: 'one that was taken back has expired',
    }),
    clientId: Type.Unsafe<string | null>(nullable({ type: 'string' })),
    usesLeft: Type.Integer(),
    labels: Type.Record(Type.String(), Type.String()),
    note: Type.Unsafe<string | null>(nullable({ type: 'string' })),
    createdAt: time,
    createdBy: Type.String(),
    expiresAt: time,
    usedAt: Type.Unsafe<string | null>(nullable(time)),
  },
  { $id: 'Ticket' },
);

/** What a ticket is called where it is not shown. */
export const ticketIdOf = (ticketSha256: string): string => ticketSha256.slice(0, 16);

function stateOf({ usesLeft, expiresAt }: TicketRecord, now: number): TicketState {
  if (usesLeft <= 0) return 'used';
  return expiresAt <= now ? 'expired' : 'open';
}

/** A ticket for operators: never the ticket itself, nor its hash. */
export function ticketView(t: TicketRecord, now: number): object {
  return {
    ticketId: ticketIdOf(t.ticketSha256),
    state: stateOf(t, now),
    clientId: t.clientId,
    usesLeft: t.usesLeft,
    labels: JSON.parse(t.labels) as object,
    note: t.note,
    createdAt: new Date(t.createdAt).toISOString(),
    createdBy: t.createdBy,
    expiresAt: new Date(t.expiresAt).toISOString(),
    usedAt: t.usedAt === null ? null : new Date(t.usedAt).toISOString(),
  };
}
