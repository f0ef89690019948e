import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http/problem.ts';
import { makeTrustPack } from '../../trust/pack.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { issueTicket } from '../tickets/add.ts';
import { SignedSchema } from '../views.ts';

/** The schema of a signed trust pack. */
export const TrustPackSchema = Type.Object({
  format: Type.String({ enum: ['muster-trust-pack-1'] }),
  ...SignedSchema,
});

/** How long a pack counts. */
export const Days = Type.Number({ minimum: 0.01, maximum: 3_650 });

/** POST /trust/pack: all that a device without a network needs to know this WFM, in one signed file. */
export function exportTrustPack(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Make a trust pack: URLs, pins, CA certificates and, on demand, a ticket, signed',
    tags: ['trust'],
    body: Type.Object({
      days: Type.Optional(Days),
      ticket: Type.Optional(Type.String({ minLength: 1, maxLength: 512 })),
      newTicket: Type.Optional(Type.Boolean()),
    }),
    response: { 201: TrustPackSchema },
  };
  app.post('/trust/pack', { schema }, async (request, reply) => {
    const body = request.body as { days?: number; ticket?: string; newTicket?: boolean };
    const { days = 30, newTicket = false } = body;
    if (newTicket && body.ticket !== undefined)
      throw new HttpProblem('invalid-request', { detail: 'A ticket was given and a new one asked for.' });
    const actor = operatorOf(request).name;
    const fresh = newTicket
      ? await issueTicket(api, { hours: Math.min(days * 24, 8_760), uses: 1, actor, note: 'in a trust pack' })
      : undefined;
    const ticket = body.ticket ?? fresh?.ticket;
    const caCertificates = api.caCertificates();
    const now = api.now();
    const pack = await makeTrustPack({
      signer: api.auditSigner,
      urls: api.joinString().urls,
      caCertificates,
      ticket,
      days,
      now,
    });
    await api.store.audit.append({
      at: now,
      actor,
      action: 'trust.packMade',
      subject: api.caPin(),
      detail: { days, pins: caCertificates.map((c) => `sha256:${c.sha256}`), ticket: ticket !== undefined },
    });
    return reply.code(201).send(pack);
  });
}
