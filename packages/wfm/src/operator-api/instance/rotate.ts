import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { RotationError, type RotationStep } from '../../trust/roots.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';

/** POST /trust/rotate: announce, switch, finish. Devices that are not ready hold up the last two, unless forced. */
export function rotateTrust(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Rotate the root CA, step by step',
    tags: ['trust'],
    body: Type.Object({
      step: Type.String({ enum: ['announce', 'switch', 'finish'] }),
      force: Type.Optional(Type.Boolean()),
    }),
    response: { 200: Type.Object({ stage: Type.String(), pins: Type.Array(Type.String()) }) },
  };
  app.post('/trust/rotate', { schema, config: { role: 'admin' } }, async (request) => {
    const { step, force = false } = request.body as { step: RotationStep; force?: boolean };
    const { authority } = api;
    if (authority === null)
      throw conflict(
        'not-own',
        'Somebody else makes the certificates of this WFM (--tls files or off); rotate there.',
      );
    const present = (): object => ({
      stage: authority.stage(),
      pins: authority.caCertificates().map((c) => `sha256:${c.sha256}`),
    });
    if (authority.hasTaken(step)) return present();
    const newest = authority.caCertificates().find((c) => `sha256:${c.sha256}` !== authority.pin());
    if (step !== 'announce' && !force && authority.stage() !== 'none') {
      const pin = step === 'switch' ? newest?.sha256 : authority.pin().slice('sha256:'.length);
      const late = await api.store.clients.withoutPin((pin ?? '').slice(0, 16), 20);
      if (late.count > 0)
        throw conflict(
          authority.stage(),
          `${late.count} active clients have not picked up the new root CA yet and would lose their way: ${late.clientIds.join(', ')}. Wait for them, or send force.`,
          { stage: authority.stage(), lacking: late.count },
        );
    }
    try {
      await authority.rotate(step);
    } catch (error) {
      if (!(error instanceof RotationError)) throw error;
      // Somebody else has taken the same step meanwhile.
      if (authority.hasTaken(step)) return present();
      throw conflict(error.stage, error.message, { stage: error.stage });
    }
    const pins = authority.caCertificates().map((c) => `sha256:${c.sha256}`);
    await api.store.audit.append({
      at: api.now(),
      actor: operatorOf(request).name,
      action: `trust.${step}`,
      subject: pins[0] ?? '',
      detail: { pins, stage: authority.stage(), force },
    });
    return present();
  });
}
