/** The TLS listener: bounded, one request on each connection, under one of several certificates. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Answer } from './answers.ts';
import type { Authority, Guise } from './authority.ts';
import type { Received } from './received.ts';

/** Ends an exchange: with an answer, or with a connection that is closed in the middle of one. */
export type Reply = (answer: Answer | 'cut') => void;

export interface ListenerEvents {
  readonly onRequest: (request: Received, reply: Reply, guise: Guise) => void;
  /** A connection has ended. */
  readonly onClosed: (guise: Guise) => void;
  /** A handshake has failed. */
  readonly onHandshakeFailed: (code: string, guise: Guise) => void;
  /** What came is no HTTP. */
  readonly onMalformed: (code: string) => void;
}

export interface Listener {
  readonly port: number;
  /** What connections from now on are shown. */
  show(guise: Guise): void;
  close(): Promise<void>;
}

const limits = {
  headerBytes: 16_384,
  bodyBytes: 1_048_576,
  connections: 64,
  handshakeMilliseconds: 10_000,
  idleMilliseconds: 120_000,
} as const;

/** Reads a body. @returns null when it is longer than anything that the standard has */
async function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limits.bodyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function replyTo(request: IncomingMessage, response: ServerResponse): Reply {
  return (answer) => {
    if (response.destroyed || response.writableEnded) return;
    // One request on each connection: a change of guise then meets every later request.
    response.setHeader('connection', 'close');
    if (answer === 'cut') {
      response.writeHead(201, { 'content-type': 'application/json', 'content-length': '80' });
      response.write('{"clientId":"', () => request.socket.destroy());
      return;
    }
    const { status, fields, body } = answer;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    response.writeHead(status, { ...fields, ...length }).end(body);
  };
}

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  { onRequest, onMalformed }: ListenerEvents,
  guise: Guise,
): Promise<void> {
  const at = performance.now();
  const socket = request.socket as TLSSocket;
  const { servername = null } = socket as { servername?: string | false | null };
  const reply = replyTo(request, response);
  const body = await readBody(request);
  if (body === null) {
    onMalformed(`a body of more than ${limits.bodyBytes} bytes`);
    return reply({ status: 413 });
  }
  const received: Received = {
    method: request.method ?? '',
    url: request.url ?? '',
    httpVersion: request.httpVersion,
    fields: request.rawHeaders,
    body,
    at,
    tlsVersion: socket.getProtocol() ?? 'unknown',
    serverName: typeof servername === 'string' && servername !== '' ? servername : null,
  };
  return onRequest(received, reply, guise);
}

function makeServer(authority: Authority, guise: Guise, events: ListenerEvents): TlsServer {
  const server = createTlsServer(
    {
      ...authority.tls,
      // The standard wants 1.3. 1.2 is there so that a client without it can be told so.
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      requestCert: false,
      handshakeTimeout: limits.handshakeMilliseconds,
      maxHeaderSize: limits.headerBytes,
    },
    (request, response) => {
      // A client that goes away in the middle of its request has told nothing.
      take(request, response, events, guise).catch(() => request.destroy());
    },
  );
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
    events.onHandshakeFailed(error.code ?? error.message, guise);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // One that ends in the middle of a request says nothing of how it writes them.
    if (error.code?.startsWith('HPE_') === true && error.code !== 'HPE_INVALID_EOF_STATE') {
      events.onMalformed(error.code);
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    } else socket.destroy();
  });
  return server;
}

/** An address that cannot be listened at. */
class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code = 'address-not-usable';
  readonly seen: string;
  readonly expected = 'an address of this machine with a free port';
  readonly nextStep = 'Stop what listens there, or choose another: --listen HOST:PORT';

  constructor(at: { readonly host: string; readonly port: number }, cause: unknown) {
    super('The check cannot listen there.', { cause });
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    this.seen = `${why} at ${at.host}:${at.port}`;
  }
}

/**
 * Listens. Each connection is given to the server of one certificate, and keeps it.
 * @throws ListenError
 */
export async function listen(
  at: { readonly host: string; readonly port: number },
  authorities: Readonly<Record<Guise, Authority>>,
  events: ListenerEvents,
): Promise<Listener> {
  const server = (guise: Guise): TlsServer => makeServer(authorities[guise], guise, events);
  const servers: Readonly<Record<Guise, TlsServer>> = {
    own: server('own'),
    'other-ca': server('other-ca'),
    'other-name': server('other-name'),
    expired: server('expired'),
  };
  let shown: Guise = 'own';
  const sockets = new Set<Socket>();
  const front = createServer((socket) => {
    const guise = shown;
    sockets.add(socket);
    socket.setTimeout(limits.idleMilliseconds, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      events.onClosed(guise);
    });
    servers[guise].emit('connection', socket);
  });
  front.maxConnections = limits.connections;
  front.listen(at.port, at.host);
  await once(front, 'listening').catch((error: unknown) => {
    throw new ListenError(at, error);
  });
  return {
    port: (front.address() as AddressInfo).port,
    show: (guise) => void (shown = guise),
    async close() {
      const closed = once(front, 'close');
      front.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
