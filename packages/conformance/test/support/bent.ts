/** A WFM that is wrong in one way: a TLS server in front of the real one, which bends what it is told to bend. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import type { Wfm } from '@muster/wfm';

/** A request as it came. */
export interface Came {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The Signature-Input, or empty. */
  readonly input: string;
  /** How many requests with this method and path have come, this one included. */
  readonly nth: number;
  readonly isOnboarding: boolean;
  readonly isReport: boolean;
  /** Ends the connection, at once. */
  hangUp(): void;
}

export interface Given {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is wrong: another answer than the real one's, or undefined for the real one. */
export type Bend = (came: Came, real: () => Promise<Given>) => Given | undefined | Promise<Given | undefined>;

export interface Bent {
  readonly url: string;
  close(): void;
}

export const answer = (status: number, body: unknown = { error: 'bent' }, headers = {}): Given => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const flat = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]));

/** Starts it, with the certificate of the real WFM unless the options say otherwise. */
export async function startBent(wfm: Wfm, bend: Bend, tls: TlsOptions = {}): Promise<Bent> {
  const trust = join(dirname(wfm.operatorCaFile), 'trust');
  const [cert, key] = await Promise.all(
    ['server.pem', 'server-key.pem'].map((n) => readFile(join(trust, n))),
  );
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const counts = new Map<string, number>();

  const forward = (came: IncomingMessage, body: Buffer): Promise<Given> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(wfm.deviceUrl);
      const { connection: _, 'transfer-encoding': __, ...headers } = came.headers;
      const outgoing = request(
        { agent, host: hostname, port, method: came.method, path: came.url, headers },
        (incoming) => {
          readAll(incoming).then((bytes) => {
            const {
              connection: ___,
              'keep-alive': ____,
              'content-length': _____,
              ...kept
            } = flat(incoming.headers);
            resolve({ status: incoming.statusCode ?? 0, headers: kept, body: bytes.toString() });
          }, reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(incoming);
    const [method, path] = [incoming.method ?? '', incoming.url ?? ''];
    const nth = (counts.get(method + path) ?? 0) + 1;
    counts.set(method + path, nth);
    const headers = flat(incoming.headers);
    const came: Came = {
      method,
      path,
      headers,
      body: body.toString(),
      input: headers['signature-input'] ?? '',
      nth,
      isOnboarding: method === 'POST' && path.endsWith('/onboarding'),
      isReport: method !== 'DELETE' && path.includes('/capabilities'),
      hangUp: () => incoming.socket.destroy(),
    };
    let real: Promise<Given> | undefined;
    const ask = (): Promise<Given> => (real ??= forward(incoming, body));
    const given = (await bend(came, ask)) ?? (await ask());
    response.writeHead(given.status, given.headers).end(given.body);
  }

  const server = createServer({ cert, key, ...tls }, (incoming, response) => {
    serve(incoming, response).catch(() => incoming.socket.destroy());
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close().closeAllConnections();
      agent.destroy();
    },
  };
}
