/** Every refusal on the wire: one table, one body, and a reader for other implementations' bodies. */
import type { FieldProblem } from './errors.ts';
import { isObject } from './json.ts';

const base = 'https://docs.margo.org/specification/problems/';
const own = 'urn:muster:problem:';

interface Problem {
  readonly type: string;
  readonly status: number;
  readonly title: string;
  /** The `error` text of the rc.1 and rc.2 contract where it differs from the title. */
  readonly error?: string;
}

const table = {
  'invalid-certificate-format': {
    type: `${base}invalid-certificate-format`,
    status: 400,
    title: 'The certificate cannot be used',
    error: 'Invalid certificate',
  },
  'invalid-digest-header': {
    type: `${base}invalid-digest-header`,
    status: 400,
    title: 'The Content-Digest is missing or wrong',
    error: 'Invalid digest',
  },
  'invalid-request': { type: `${base}invalid-request`, status: 400, title: 'The request is not valid' },
  'malformed-json': {
    type: `${base}invalid-request#malformed-json`,
    status: 400,
    title: 'The body is not valid JSON',
  },
  'signature-verification-failed': {
    type: `${base}signature-verification-failed`,
    status: 401,
    title: 'The signature was not accepted',
    error: 'Invalid signature',
  },
  unauthorized: { type: `${own}unauthorized`, status: 401, title: 'A valid operator token is needed' },
  'certificate-not-trusted': {
    type: `${base}certificate-not-trusted`,
    status: 403,
    title: 'The certificate is not trusted',
    error: 'Client rejected',
  },
  'client-rejected': {
    type: `${own}client-rejected`,
    status: 403,
    title: 'The client was rejected',
    error: 'Client rejected',
  },
  'client-approval-pending': {
    type: `${own}client-approval-pending`,
    status: 403,
    title: 'The client waits for approval',
    error: 'Client approval pending',
  },
  'client-blocked': {
    type: `${own}client-blocked`,
    status: 403,
    title: 'The client is blocked',
    error: 'Client rejected',
  },
  'client-retired': {
    type: `${own}client-retired`,
    status: 403,
    title: 'The client is retired',
    error: 'Client rejected',
  },
  forbidden: { type: `${own}forbidden`, status: 403, title: 'This token may not do that' },
  'invalid-client': { type: `${base}invalid-client`, status: 404, title: 'There is no such client' },
  'gateway-not-found': {
    type: `${own}gateway-not-found`,
    status: 404,
    title: 'The gateway of this device has not been reported',
  },
  'device-not-found': { type: `${own}device-not-found`, status: 404, title: 'There is no such device' },
  'route-not-found': { type: `${own}route-not-found`, status: 404, title: 'There is no such route' },
  'not-found': { type: `${own}not-found`, status: 404, title: 'There is no such thing' },
  'method-not-allowed': {
    type: `${own}method-not-allowed`,
    status: 405,
    title: 'This route does not take that method',
  },
  'request-timeout': {
    type: `${own}request-timeout`,
    status: 408,
    title: 'The request took too long to arrive',
  },
  conflict: { type: `${own}conflict`, status: 409, title: 'The present state does not allow that' },
  'payload-too-large': { type: `${own}payload-too-large`, status: 413, title: 'The body is too large' },
  'unsupported-media-type': {
    type: `${own}unsupported-media-type`,
    status: 415,
    title: 'The body must be application/json',
  },
  'semantic-error': {
    type: `${base}semantic-error`,
    status: 422,
    title: 'The document is well-formed but wrong',
  },
  'too-many-requests': { type: `${own}too-many-requests`, status: 429, title: 'Too many requests' },
  'header-fields-too-large': {
    type: `${own}header-fields-too-large`,
    status: 431,
    title: 'The header fields are too large',
  },
  'internal-error': { type: `${own}internal-error`, status: 500, title: 'Something failed here' },
  overloaded: { type: `${own}overloaded`, status: 503, title: 'More requests come than can be served' },
  'not-ready': { type: `${own}not-ready`, status: 503, title: 'The service is not ready' },
} as const satisfies Record<string, Problem>;

/** Stable; never reused. */
export type ProblemCode = keyof typeof table;
export const problems: Readonly<Record<ProblemCode, Problem>> = table;

export interface ProblemOptions {
  readonly detail?: string | undefined;
  readonly instance?: string | undefined;
  readonly errors?: readonly FieldProblem[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** The superset body: RFC 9457 members beside the `error` and `message` of rc.1 and rc.2. */
export function problemBody(code: ProblemCode, o: ProblemOptions = {}): Record<string, unknown> {
  const problem = problems[code];
  return {
    type: problem.type,
    title: problem.title,
    status: problem.status,
    ...(o.detail === undefined ? {} : { detail: o.detail }),
    ...(o.instance === undefined ? {} : { instance: o.instance }),
    ...(o.retryAfterSeconds === undefined ? {} : { retryable: true, retryAfterSeconds: o.retryAfterSeconds }),
    ...(o.errors === undefined || o.errors.length === 0 ? {} : { errors: o.errors }),
    error: problem.error ?? problem.title,
    message: o.detail ?? problem.title,
    ...o.extra,
  };
}

/** What a client can learn from an error answer, whoever wrote it. */
export interface ProblemAnswer {
  readonly status: number;
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: FieldProblem[];
  readonly retryAfterSeconds?: number;
}

/** Reads any published error shape: RFC 9457, `{error, message}`, `{Error}`. Texts are cut to 500 characters. */
export function readProblem(status: number, body: unknown): ProblemAnswer {
  if (!isObject(body)) return { status };
  const text = (...keys: string[]): string | undefined => {
    for (const key of keys) {
      const value = body[key];
      if (typeof value === 'string' && value !== '') return value.slice(0, 500);
    }
    return undefined;
  };
  const type = text('type');
  const title = text('title', 'error', 'Error');
  const detail = text('detail', 'message', 'error', 'Error');
  const list = body['errors'];
  const errors = Array.isArray(list)
    ? list.slice(0, 100).flatMap((item) => {
        if (!isObject(item)) return [];
        const field = String(item['field'] ?? item['rule_id'] ?? '').slice(0, 200);
        return [{ field, message: String(item['message'] ?? item['error'] ?? '').slice(0, 500) }];
      })
    : undefined;
  const retry = body['retryAfterSeconds'];
  return {
    status,
    ...(type === undefined ? {} : { type }),
    ...(title === undefined ? {} : { title }),
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
    ...(typeof retry === 'number' && retry >= 0 ? { retryAfterSeconds: retry } : {}),
  };
}
