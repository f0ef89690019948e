import { createHash, randomUUID } from 'node:crypto';
import { nameWarnings } from '@muster/pki';
import { capabilitiesToJson, pairingWords } from '@muster/protocol';
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { readDeviceRequest } from '../../admission/request-file.ts';
import { makeTrustPack } from '../../trust/pack.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { Days, TrustPackSchema } from '../instance/trust-pack.ts';
import { operatorOf } from '../operator.ts';

const nothingStandsHere = {
  'key-given-up':
    'This key was replaced by another one and does not come back. Let the device make a new one.',
  blocked: 'The client of this key is blocked. Unblock it first, or leave it: muster clients unblock',
  retired: 'The client of this key is retired. Readmit it first, or leave it: muster clients readmit',
} as const;

/** POST /preauthorizations/requests: a device's request file lets its key in, and sets its clientId aside. */
export function admitRequestFile(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Pre-authorise the key of a request file, and answer with a trust pack for that device',
    tags: ['preauthorizations'],
    body: Type.Object({
      request: Type.String({ minLength: 1 }),
      dryRun: Type.Optional(Type.Boolean()),
      days: Type.Optional(Days),
    }),
    response: {
      200: Type.Object({
        status: Type.String({ enum: ['added', 'existing', 'onboarded', 'would-add'] }),
        deviceId: Type.String(),
        clientId: Type.Unsafe({ anyOf: [{ type: 'string' }, { type: 'null' }] }),
        keyFingerprint: Type.String(),
        fingerprint: Type.String(),
        subject: Type.String(),
        words: Type.Array(Type.String()),
        warnings: Type.Array(Type.String()),
        madeAt: Type.String(),
        // What the device says that it offers; nothing is stored of it before it reports.
        capabilities: Type.Unsafe({
          anyOf: [{ type: 'object', additionalProperties: true }, { type: 'null' }],
        }),
        answer: Type.Unsafe({ anyOf: [TrustPackSchema, { type: 'null' }] }),
      }),
    },
  };
  app.post('/preauthorizations/requests', { bodyLimit: 2 * 1024 * 1024, schema }, async (request) => {
    const {
      days = 30,
      dryRun = false,
      ...body
    } = request.body as {
      request: string;
      dryRun?: boolean;
      days?: number;
    };
    const { leaf, deviceId, madeAt, capabilities } = readDeviceRequest(body.request);
    const now = api.now();
    const aside = await api.store.preauthorizations.setAside({
      spkiSha256: leaf.spkiSha256,
      clientId: randomUUID(),
      note: `request of ${deviceId}`,
      actor: operatorOf(request).name,
      now,
      dryRun,
    });
    if ('refused' in aside) throw conflict(aside.refused, nothingStandsHere[aside.refused]);
    const { clientId } = aside;
    const keyFingerprint = `sha256:${leaf.spkiSha256}`;
    return {
      status: aside.status,
      deviceId,
      clientId,
      keyFingerprint,
      fingerprint: `sha256:${leaf.sha256}`,
      subject: leaf.subject,
      words: pairingWords('', leaf.spkiSha256, (bytes) => createHash('sha256').update(bytes).digest()),
      warnings: nameWarnings([leaf.subject]),
      madeAt,
      capabilities: capabilities === null ? null : capabilitiesToJson(capabilities),
      answer:
        clientId === null
          ? null
          : await makeTrustPack({
              signer: api.auditSigner,
              urls: api.joinString().urls,
              caCertificates: api.caCertificates(),
              device: { keyFingerprint, deviceId, clientId },
              days,
              now,
            }),
    };
  });
}
