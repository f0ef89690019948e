/** A real HTTPS receiver of webhooks with a CA of its own; its signatures are checked by somebody else's implementation. */
import { createHash, verify, X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createRootCa, generateKeyPair, issueServerCertificate } from '@muster/pki';
import { verifySignature } from 'http-message-sig';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly json: Record<string, unknown>;
  readonly at: number;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Never answers. */
  readonly silent?: boolean;
}

export interface TestReceiver {
  readonly url: string;
  readonly host: string;
  /** PEM of the CA. */
  readonly ca: string;
  readonly received: Received[];
  /** What it answers from now on. */
  answer: (request: Received) => Reply | Promise<Reply>;
  /** Resolves when so many requests have come that fit. */
  until(count: number, fits?: (request: Received) => boolean): Promise<Received[]>;
  stop(): Promise<void>;
}

/** Starts a receiver; its first answer is 204 to everything. */
export async function startReceiver(): Promise<TestReceiver> {
  const caKeys = await generateKeyPair('p256');
  const keys = await generateKeyPair('p256');
  const notBefore = new Date(Date.now() - 86_400_000);
  const ca = await createRootCa({ keys: caKeys, commonName: 'Receiver CA', notBefore, days: 30 });
  const leaf = await issueServerCertificate({
    ca,
    caKey: caKeys.privateKey,
    publicKey: keys.publicKey,
    hosts: ['localhost', '127.0.0.1'],
    notBefore,
    days: 20,
  });
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(
    { key: keys.privateKey.export({ format: 'pem', type: 'pkcs8' }), cert: leaf.pem },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', async () => {
        const body = Buffer.concat(chunks);
        const got: Received = {
          method: request.method ?? '',
          path: request.url ?? '',
          rawHeaders: request.rawHeaders,
          body,
          json: JSON.parse(body.toString()) as Record<string, unknown>,
          at: Date.now(),
        };
        received.push(got);
        const reply = await receiver.answer(got);
        if (reply.silent !== true) {
          response.writeHead(reply.status ?? 204, reply.headers ?? {});
          response.end(reply.body ?? '');
        }
        for (const look of waiting) look();
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const receiver: TestReceiver = {
    url: `https://${host}/muster?plant=7`,
    host,
    ca: ca.pem,
    received,
    answer: () => ({}),
    until: (count, fits = () => true) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = received.filter(fits);
          if (found.length < count) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`only ${received.filter(fits).length} of ${count} requests came`));
        }, 40_000);
        waiting.add(look);
        look();
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

/**
 * Verifies a request by http-message-sig and node's own crypto.
 * @param certificate PEM, as `webhooks show` tells it
 * @throws when the digest or the signature is not true
 */
export async function verifyReceived(request: Received, host: string, certificate: string): Promise<void> {
  const digest = `sha-256=:${createHash('sha256').update(request.body).digest('base64')}:`;
  const index = request.rawHeaders.findIndex((name) => name.toLowerCase() === 'content-digest');
  if (request.rawHeaders[index + 1] !== digest) throw new Error('the digest is not that of the body');
  const { publicKey } = new X509Certificate(certificate);
  await verifySignature(
    {
      kind: 'request',
      method: request.method,
      targetUri: `https://${host}${request.path}`,
      fields: request.rawHeaders.flatMap((name, i, all) =>
        i % 2 === 0 ? [{ name, value: all[i + 1] ?? '' }] : [],
      ),
    },
    {
      policy: {
        algorithms: ['ecdsa-p256-sha256'],
        requiredComponents: ['@method', '@target-uri', '@authority', 'content-digest'],
        requiredParameters: ['created', 'keyid', 'nonce'],
        maxAge: 300,
        clockSkew: 60,
        now: Math.floor(Date.now() / 1000),
      },
      resolveVerifier: () => ({
        algorithm: 'ecdsa-p256-sha256',
        verify: (data: Uint8Array, bytes: Uint8Array) =>
          verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes),
      }),
    },
  );
}
