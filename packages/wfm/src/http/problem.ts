/** Refusals as values on their way to the wire. */
import { type FieldProblem, type ProblemCode, problemBody, problems } from '@muster/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';

interface ProblemDetail {
  /** A safe sentence for the peer. */
  readonly detail?: string;
  readonly errors?: readonly FieldProblem[];
  readonly retryAfterSeconds?: number | undefined;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Who was refused, when the thrower knows; for the audit log only. */
  readonly subject?: string;
  /** For the log only. */
  readonly cause?: unknown;
}

/** Thrown by any step; rendered in one place. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly code: ProblemCode;
  readonly detail: ProblemDetail;

  constructor(code: ProblemCode, detail: ProblemDetail = {}) {
    super(detail.detail ?? problems[code].title, { cause: detail.cause });
    this.code = code;
    this.detail = detail;
  }
}

/** Answers with a problem: `application/json` by default, `application/problem+json` for who asks for it. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: HttpProblem,
): FastifyReply {
  const { code, detail } = problem;
  const wantsProblem = (request.headers.accept ?? '').includes('application/problem+json');
  reply.code(problems[code].status);
  reply.header('content-type', wantsProblem ? 'application/problem+json' : 'application/json');
  if (detail.retryAfterSeconds !== undefined) reply.header('retry-after', String(detail.retryAfterSeconds));
  // The session ends with a signature that is not true, as the standard asks.
  if (code === 'signature-verification-failed') reply.header('connection', 'close');
  if (detail.headers !== undefined) reply.headers(detail.headers);
  return reply.send(JSON.stringify(problemBody(code, { ...detail, instance: `urn:request:${request.id}` })));
}
