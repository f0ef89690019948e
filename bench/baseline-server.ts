/** The bare counterpart of the device listener: the same HTTP framework and TLS, no signature, no disk. */
import { readFileSync } from 'node:fs';
import { createServer, type ServerOptions } from 'node:https';
import type { RequestListener } from 'node:http';
import { fastify } from 'fastify';

const [key = '', cert = ''] = process.argv.slice(2).map((file) => readFileSync(file, 'utf8'));
const tls: ServerOptions = {
  key,
  cert,
  minVersion: 'TLSv1.3',
  ALPNProtocols: ['http/1.1'],
  keepAliveTimeout: 75_000,
};
const app = fastify({
  serverFactory: (handler) => createServer(tls, handler as RequestListener),
  logger: false,
});
app.put('/*', (request, reply) =>
  reply.code(200).send({ deviceId: (request.body as { properties: { id: string } }).properties.id }),
);
await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 }));
