/** The HTTP server under a listener: bounds, raw bodies, and one way to render refusals. */
import { createServer as createPlain, type RequestListener, type Server } from 'node:http';
import { createServer as createTls, type Server as TlsServer } from 'node:https';
import { isClientId, type ProblemCode, problems } from '@muster/protocol';
import {
  type FastifyInstance,
  type FastifyRequest,
  type FastifySchemaValidationError,
  fastify,
} from 'fastify';
import type { Logger } from 'pino';
import type { Refusal } from '../audit/refusals.ts';
import type { TlsMaterial } from '../trust/material.ts';
import { endFailedConnection } from './connection-error.ts';
import { boundHandshakes } from './handshakes.ts';
import type { Limits } from './limits.ts';
import { isDatabaseAway, isStatementEnded } from '../store/away.ts';
import { CursorError } from '../store/cursor.ts';
import { HttpProblem, sendProblem } from './problem.ts';
import { compilersFactory } from './schemas.ts';
import { checkRawRequest } from './target.ts';

function listenerOf(handler: RequestListener, tls: TlsMaterial | null, limits: Limits): Server {
  const timing = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMilliseconds,
    requestTimeout: limits.requestMilliseconds,
    keepAliveTimeout: limits.keepAliveMilliseconds,
    connectionsCheckingInterval: 1_000,
  };
  if (tls === null) return createPlain(timing, handler);
  // TLS 1.3 is the profile's floor; client certificates are deliberately never asked for.
  const server: TlsServer = createTls(
    {
      ...timing,
      ...tls.current(),
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ALPNProtocols: ['http/1.1'],
      requestCert: false,
      handshakeTimeout: limits.handshakeMilliseconds,
    },
    handler,
  );
  boundHandshakes(server, limits);
  tls.onChange(() =>
    server.setSecureContext({ ...tls.current(), minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' }),
  );
  return server;
}

const fastifyProblems: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
};

/** Any thrown thing as a problem: ours as it is, fastify's by its code, the rest a 500 whose cause only the log gets. */
export function problemOf(error: unknown, bodyLimit?: number): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof CursorError)
    return new HttpProblem('invalid-request', {
      detail: `${error.message} ${error.nextStep}`,
      errors: [{ field: 'cursor', message: error.message }],
    });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = fastifyProblems[code];
  if (known === 'payload-too-large' && bodyLimit !== undefined)
    return new HttpProblem(known, {
      detail: `The body has more than ${bodyLimit} bytes. Send less at once.`,
      cause: error,
    });
  if (known !== undefined) return new HttpProblem(known, { cause: error });
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500)
    return new HttpProblem('invalid-request', {
      detail: error instanceof Error ? error.message : '',
      cause: error,
    });
  // Nothing is wrong with the request: the same will do when the database is there again.
  if (isDatabaseAway(error))
    return new HttpProblem('not-ready', {
      detail: 'The database does not answer. Come again after the time of Retry-After.',
      retryAfterSeconds: 5,
      cause: error,
    });
  if (isStatementEnded(error))
    return new HttpProblem('not-ready', {
      detail:
        'The database took too long, so nothing was done. Come again after the time of Retry-After, or ask for less at once.',
      retryAfterSeconds: 5,
      cause: error,
    });
  return new HttpProblem('internal-error', { cause: error });
}

/** A refusal of a person or device, as the audit log wants it; null for what only the sender's programmer cares about. */
function refusalOf(problem: HttpProblem, request: FastifyRequest): Refusal | null {
  const { status } = problems[problem.code];
  // Waiting is no refusal, and stands in the log as a request already.
  if ((status !== 401 && status !== 403) || problem.code === 'client-approval-pending') return null;
  const check = problem.detail.extra?.['check'];
  const { clientId } = request.params as { clientId?: string };
  return {
    code: problem.code,
    check: typeof check === 'string' ? check : null,
    subject:
      problem.detail.subject ?? (clientId !== undefined && isClientId(clientId) ? clientId : 'stranger'),
    from: request.ip,
    detail: problem.message.slice(0, 300),
  };
}

const badEscape =
  'The address holds a % that two hexadecimal digits of UTF-8 do not follow (RFC 3986 section 2.1). Write a percent sign as %25.';

/** One fault that a schema has found. */
function faultText(e: FastifySchemaValidationError, where: string): string {
  const name = e.params['additionalProperty'];
  const choices = e.params['allowedValues'];
  const fault = Array.isArray(choices) ? `must be one of ${choices.join(', ')}` : (e.message ?? 'is wrong');
  const what = typeof name === 'string' ? `must not have ${name.slice(0, 80)}` : fault;
  return `${where}${e.instancePath} ${what}`;
}

/** Makes a fastify application over a bounded server; bodies arrive as raw bytes. */
export function createApplication(o: {
  tls: TlsMaterial | null;
  limits: Limits;
  log: Logger;
  refused: (refusal: Refusal) => void;
}): FastifyInstance {
  const app = fastify({
    serverFactory: (handler) => {
      const server = listenerOf(handler as RequestListener, o.tls, o.limits);
      server.maxConnections = o.limits.connections;
      return server;
    },
    bodyLimit: o.limits.bodyBytes,
    routerOptions: { maxParamLength: 2048, caseSensitive: true },
    forceCloseConnections: true,
    clientErrorHandler: (error, socket) => {
      o.log.debug({ code: error.code }, 'connection failed');
      endFailedConnection(error, socket);
    },
    frameworkErrors: (error, request, reply) =>
      sendProblem(
        request,
        reply,
        new HttpProblem('invalid-request', {
          detail: error.code === 'FST_ERR_BAD_URL' ? badEscape : error.message,
        }),
      ),
    // What is not known is refused and named: left out silently, a slip of the pen would ask for something else.
    ajv: { customOptions: { removeAdditional: false } },
    schemaController: { compilersFactory },
    schemaErrorFormatter: (errors, where) => new Error(errors.map((e) => faultText(e, where)).join(', ')),
    logger: false,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (request, _reply, done) => {
    checkRawRequest(request.raw.url ?? '', request.raw.rawHeaders);
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.routeOptions.bodyLimit);
    if (problem.code === 'internal-error' || isDatabaseAway(error) || isStatementEnded(error))
      o.log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request failed');
    else
      o.log.debug(
        {
          code: problem.code,
          check: problem.detail.extra?.['check'],
          method: request.method,
          route: request.routeOptions.url,
          from: request.ip,
        },
        'request refused',
      );
    const refusal = refusalOf(problem, request);
    if (refusal !== null) o.refused(refusal);
    // The rest of a body that is too large is not read.
    if (problem.code === 'payload-too-large') reply.header('connection', 'close');
    return sendProblem(request, reply, problem);
  });
  return app;
}
