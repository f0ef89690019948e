import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import type { OperatorApi } from '../context.ts';

const text = Type.String();
const time = Type.String({ format: 'date-time' });
const TrustSchema = Type.Object({
  caPin: text,
  stage: Type.String({ enum: ['none', 'announced', 'switched'] }),
  lacking: Type.Object({ count: Type.Integer(), clientIds: Type.Array(text) }),
  auditSigner: text,
  certificates: Type.Array(
    Type.Object({ pin: text, subject: text, notBefore: time, notAfter: time, pem: text }),
  ),
});

/** During a rotation: the active clients that do not have the other root CA yet. */
async function lackingOf({ authority, store }: OperatorApi): Promise<{ count: number; clientIds: string[] }> {
  const newest = authority?.caCertificates().find((c) => `sha256:${c.sha256}` !== authority.pin());
  if (authority == null || newest === undefined) return { count: 0, clientIds: [] };
  const wanted = authority.stage() === 'announced' ? newest.sha256 : authority.pin().slice('sha256:'.length);
  return store.clients.withoutPin(wanted.slice(0, 16), 100);
}

/** GET /trust */
export function showTrust(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'The root CA that devices are given',
    tags: ['trust'],
    response: { 200: TrustSchema },
  };
  app.get('/trust', { schema }, async () => ({
    caPin: api.caPin(),
    stage: api.authority?.stage() ?? 'none',
    lacking: await lackingOf(api),
    auditSigner: `sha256:${api.auditSigner.fingerprint}`,
    certificates: api.caCertificates().map((c) => ({
      pin: `sha256:${c.sha256}`,
      subject: c.subject,
      notBefore: c.notBefore.toISOString(),
      notAfter: c.notAfter.toISOString(),
      pem: c.pem,
    })),
  }));
}
