/** What this WFM answers. It is lenient: what is wrong with a request is noted, and the play goes on. */
import { createHash } from 'node:crypto';
import { type Certificate, encodeCertificates } from '@muster/pki';
import { problemBody, type ProblemCode, problems } from '@muster/protocol';

export interface Answer {
  readonly status: number;
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const json = { 'content-type': 'application/json' } as const;

/** The answer to who is let in. */
export const onboarded = (clientId: string): Answer => ({
  status: 201,
  fields: json,
  body: JSON.stringify({ clientId }),
});

/** The answer to a request that is as it should be. */
export const done = (status: 200 | 201 | 204): Answer =>
  status === 204 ? { status } : { status, fields: json, body: '{}' };

/** The Certificate API's answer. */
export const certificateAnswer = (ca: Certificate): Answer => ({
  status: 200,
  fields: json,
  body: JSON.stringify({ certificate: encodeCertificates([ca], 'base64-pem') }),
});

/** A refusal in the body that every published shape can read. */
export function refused(
  code: ProblemCode,
  { retryAfterSeconds, allow }: { retryAfterSeconds?: number; allow?: string } = {},
): Answer {
  return {
    status: problems[code].status,
    fields: {
      ...json,
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...(allow === undefined ? {} : { allow }),
    },
    body: JSON.stringify(problemBody(code, { retryAfterSeconds })),
  };
}

const noDeployments = '{"manifestVersion":1,"bundle":null,"deployments":[]}';

/** Nothing is to be run: the first state manifest of a client, which stays as it is. */
export const emptyManifest: Answer = {
  status: 200,
  fields: {
    'content-type': 'application/vnd.margo.manifest.v1+json',
    etag: `"sha256:${createHash('sha256').update(noDeployments).digest('hex')}"`,
    'cache-control': 'private, no-cache',
  },
  body: noDeployments,
};

/** What a captive portal or a proxy says in the place of a WFM. */
export const garbage: Answer = {
  status: 200,
  fields: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Welcome</title><p>Please sign in.',
};
