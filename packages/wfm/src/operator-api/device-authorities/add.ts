import { Type } from 'typebox';
import type { FastifyInstance } from 'fastify';
import { checkAuthorities } from '../../admission/authorities.ts';
import { HttpProblem } from '../../http/problem.ts';
import { conflict } from '../conflict.ts';
import type { OperatorApi } from '../context.ts';
import { operatorOf } from '../operator.ts';
import { AuthoritySchema, authorityView } from './view.ts';

interface Body {
  readonly name: string;
  readonly certificates: string;
  readonly crlPolicy?: 'none' | 'warn' | 'fail-closed';
  readonly crlUrl?: string;
  readonly note?: string;
}

/** It is fetched every quarter of an hour, logged, and shown to every viewer: no place for a password. @throws HttpProblem */
function checkCrlUrl(text: string | undefined): void {
  if (text === undefined) return;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && url.username === '' && url.password === '') return;
  const message = 'must be an http or https URL without user and password';
  throw new HttpProblem('semantic-error', {
    detail: `crlUrl ${message}. Correct it.`,
    errors: [{ field: 'crlUrl', message }],
  });
}

/** POST /device-authorities: adding the same again changes nothing; the same name with other certificates is a conflict. */
export function addAuthority(app: FastifyInstance, api: OperatorApi): void {
  const schema = {
    summary: 'Add a group of certificate authorities',
    tags: ['device-authorities'],
    body: Type.Object({
      name: Type.String({ minLength: 1, maxLength: 100, pattern: '^[A-Za-z0-9][A-Za-z0-9 ._-]*$' }),
      certificates: Type.String({
        maxLength: 131_072,
        description: 'PEM or base64; roots and intermediates',
      }),
      crlPolicy: Type.Optional(Type.String({ enum: ['none', 'warn', 'fail-closed'] })),
      crlUrl: Type.Optional(Type.String({ maxLength: 2048, pattern: '^https?://' })),
      note: Type.Optional(Type.String({ maxLength: 500 })),
    }),
    response: { 200: AuthoritySchema, 201: AuthoritySchema },
  };
  app.post('/device-authorities', { schema, config: { role: 'admin' } }, async (request, reply) => {
    const { name, certificates, crlPolicy, crlUrl, note } = request.body as Body;
    checkCrlUrl(crlUrl);
    const { anchors, intermediates } = checkAuthorities(
      certificates,
      api.caCertificates(),
      new Date(api.now()),
    );
    const pem = (list: readonly { pem: string }[]): Buffer =>
      Buffer.from(list.map((c) => c.pem).join(''), 'latin1');
    const authority = {
      name,
      anchors: pem(anchors),
      intermediates: pem(intermediates),
      crlPolicy: crlPolicy ?? (crlUrl === undefined ? ('none' as const) : ('fail-closed' as const)),
      crlUrl: crlUrl ?? null,
      note: note ?? null,
      position: api.now(),
      createdAt: api.now(),
      createdBy: operatorOf(request).name,
    };
    const { result, present } = await api.store.admission.addAuthority(authority);
    if (result === 'conflict')
      throw conflict(
        'other-terms',
        `There is a group ${name} with other certificates or another revocation policy. Remove it first, or choose another name.`,
      );
    const [crls, inOrder] = await Promise.all([
      api.store.admission.crlsOf([name]),
      api.store.admission.authorities(),
    ]);
    return reply.code(result === 'added' ? 201 : 200).send(authorityView(present, crls, inOrder));
  });
}
