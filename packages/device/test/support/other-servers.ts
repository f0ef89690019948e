/** Servers over real TLS that are no Muster WFM: they speak other dialects, or behave badly. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { Server } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import {
  type Certificate,
  createRootCa,
  encodeCertificates,
  generateKeyPair,
  issueServerCertificate,
} from '@muster/pki';

type Handler = (request: IncomingMessage & { body: string }, response: ServerResponse) => void;

/** How to trust a server of these. */
export interface Served {
  readonly url: string;
  readonly caPin: string;
}

interface ServerChanges {
  /** What the Certificate API answers; base64 of the DER by default. */
  readonly certificate?: (ca: Certificate) => string;
  readonly tls?: ServerOptions;
}

export interface OtherServers {
  readonly ca: Certificate;
  /** Answers the question for the CA by itself, and the rest by the handler. */
  serve(handler: Handler, prefix?: string, change?: ServerChanges): Promise<Served>;
  /** Leaves all of HTTP to the handler, which gets each connection with the first bytes of its request. */
  serveRaw(handler: (socket: TLSSocket, request: string) => void): Promise<Served>;
  close(): void;
}

export async function startOtherServers(): Promise<OtherServers> {
  const caKeys = await generateKeyPair('p256');
  const keys = await generateKeyPair('p256');
  const notBefore = new Date(Date.now() - 86_400_000);
  const ca = await createRootCa({ keys: caKeys, commonName: 'other', notBefore, days: 9 });
  const cert = await issueServerCertificate({
    ca,
    caKey: caKeys.privateKey,
    publicKey: keys.publicKey,
    hosts: ['127.0.0.1'],
    notBefore,
    days: 9,
  });
  const tls = { key: keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), cert: cert.pem };
  const closers: Array<() => void> = [];
  const listen = async (server: Server, prefix: string): Promise<Served> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    return { url: `https://127.0.0.1:${port}${prefix}`, caPin: `sha256:${ca.sha256}` };
  };
  return {
    ca,
    serve(handler, prefix = '', change = {}) {
      const { certificate = (one) => encodeCertificates([one], 'base64-der') } = change;
      const server = createServer({ ...tls, ...change.tls }, (request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          if (request.url === `${prefix}/api/v1/onboarding/certificate`)
            return response.end(JSON.stringify({ certificate: certificate(ca) }));
          return handler(Object.assign(request, { body }), response);
        });
      });
      closers.push(() => server.close().closeAllConnections());
      return listen(server, prefix);
    },
    serveRaw(handler) {
      const sockets = new Set<TLSSocket>();
      const server = createTlsServer(tls, (socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        // A client that has had enough resets the connection.
        socket.on('error', () => undefined);
        socket.once('data', (bytes: Buffer) => handler(socket, bytes.toString('latin1')));
      });
      closers.push(() => {
        server.close();
        for (const socket of sockets) socket.destroy();
      });
      return listen(server, '');
    },
    close: () => closers.forEach((close) => close()),
  };
}

export function answer(
  response: ServerResponse,
  status: number,
  body: unknown = {},
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, headers).end(JSON.stringify(body));
}

export const isOnboarding = (request: IncomingMessage): boolean =>
  request.url?.endsWith('/onboarding') === true;
