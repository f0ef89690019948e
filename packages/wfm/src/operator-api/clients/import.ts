import { CertificateError, SignedFileError } from '@muster/pki';
import { ProtocolError } from '@muster/protocol';
import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { applicantOf } from '../../admission/applicant.ts';
import { type CarriedClient, readClientFile } from '../../fleet/moving.ts';
import { HttpProblem } from '../../http/problem.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { findClient } from '../find.ts';
import { operatorOf } from '../operator.ts';
import { ClientSchema, clientView, fingerprintHex } from '../views.ts';

interface Body {
  readonly file: string;
  readonly signer?: string;
  readonly acceptSigner?: boolean;
}

async function read(text: string): Promise<CarriedClient> {
  try {
    return await readClientFile(text);
  } catch (error) {
    if (
      !(
        error instanceof SignedFileError ||
        error instanceof CertificateError ||
        error instanceof ProtocolError
      )
    )
      throw error;
    throw new HttpProblem('semantic-error', {
      detail: `${error.message} ${error.nextStep}`,
      ...(error instanceof ProtocolError ? { errors: error.problems } : {}),
    });
  }
}

const conflicts = {
  retired: (id: string) => `The client ${id} is retired here; readmit it (muster clients readmit ${id}).`,
  'other-key': (id: string) =>
    `The clientId ${id} belongs to another key here. Delete that client first if it is not needed.`,
  'other-client': (id: string) =>
    `The key belongs, or belonged, to the client ${id} here. Look at it: muster clients show ${id}`,
} as const;

/** POST /clients/import: a client out of another WFM, under the clientId that it has. */
export function importClient(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Take a client over from another WFM',
    tags: ['clients'],
    body: Type.Object({
      file: Type.String({ minLength: 1 }),
      signer: Type.Optional(Type.String({ maxLength: 200 })),
      acceptSigner: Type.Optional(Type.Boolean()),
    }),
    response: { 200: ClientSchema, 201: ClientSchema },
  };
  app.post(
    '/clients/import',
    { bodyLimit: 3 * 1024 * 1024, schema, config: { role: 'admin' } },
    async (request, reply) => {
      const { file, signer, acceptSigner = false } = request.body as Body;
      const carried = await read(file);
      const seen = `sha256:${carried.signer}`;
      if (signer !== undefined && fingerprintHex(signer) !== carried.signer)
        throw conflict(
          'other-signer',
          `The file is signed by ${seen}, not by ${signer}. Compare with the other WFM: muster wfm trust show`,
          { signer: seen },
        );
      const isBelieved =
        signer !== undefined || acceptSigner || (await api.store.signers.has(carried.signer));
      if (!isBelieved)
        throw conflict(
          'unknown-signer',
          `Nobody has said whose signature this must be. It is signed by ${seen}; compare with the other WFM (muster wfm trust show) and give --signer ${seen}, trust it for good (muster signers add ${seen}), or --accept-signer.`,
          { signer: seen },
        );
      const { result, clientId } = await api.store.clients.importClient({
        ...carried,
        applicant: applicantOf(carried.leaf, request.ip),
        actor: operatorOf(request).name,
        now: api.now(),
      });
      if (result !== 'imported' && result !== 'unchanged')
        throw conflict(
          (await api.store.clients.byId(clientId))?.state ?? 'gone',
          conflicts[result](clientId),
          { clientId },
        );
      api.decisions.decided(carried.leaf.spkiSha256);
      return reply.code(result === 'imported' ? 201 : 200).send(clientView(await findClient(api, clientId)));
    },
  );
}
