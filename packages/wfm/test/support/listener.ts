/** The server under both listeners alone, on a free port, with bounds of the test's own. */
import type { AddressInfo } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { generateKeyPair, selfSignedDeviceCertificate } from '@muster/pki';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { defaultLimits, type Limits } from '../../src/http/limits.ts';
import { createApplication } from '../../src/http/server.ts';

/** Starts it with the routes that the test adds; its certificate is nobody's. */
export async function startServer(
  limits: Partial<Limits>,
  addRoutes: (app: FastifyInstance) => void,
): Promise<{ app: FastifyInstance; port: number }> {
  const keys = await generateKeyPair('p256');
  const notBefore = new Date(Date.now() - 1e6);
  const certificate = await selfSignedDeviceCertificate({ keys, commonName: 'test', notBefore, days: 9 });
  const key = keys.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  const app = createApplication({
    tls: { current: () => ({ key, cert: certificate.pem }), onChange: () => undefined },
    limits: { ...defaultLimits, ...limits },
    log: pino({ level: 'silent' }),
    refused: () => undefined,
  });
  addRoutes(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, port: (app.server.address() as AddressInfo).port };
}

/** Opens a TLS connection, and says what comes back until it ends; a reset is an end, too. */
export function talk(port: number, say: (socket: TLSSocket) => void): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => say(socket));
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}
