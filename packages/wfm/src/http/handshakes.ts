/**
 * Bounds how many TLS handshakes are in progress. Each costs memory before anybody has said who they are, and a peer that begins one and
 * falls silent costs it for as long as a handshake may take.
 */
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Limits } from './limits.ts';

/** Tells connections of one listener apart, before and after TLS has wrapped them. */
const nameOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`;

/**
 * Bounds the handshakes of a server, from now on. When there are as many as may be, the oldest is closed if it has had its time, and the
 * new connection otherwise: a thousand silent peers keep nobody out, and of a thousand honest ones none is closed for a later one.
 * Those that are closed are told as node tells of those above `maxConnections`, by the event `drop`.
 */
export function boundHandshakes(
  server: Server,
  { handshakes, handshakeGraceMilliseconds }: Pick<Limits, 'handshakes' | 'handshakeGraceMilliseconds'>,
): void {
  const waiting = new Map<string, { readonly socket: Socket; readonly since: number }>();
  server.on('connection', (socket: Socket) => {
    const [oldest] = waiting;
    if (oldest !== undefined && waiting.size >= handshakes) {
      const [name, { socket: its, since }] = oldest;
      const isItsTimeOver = performance.now() - since >= handshakeGraceMilliseconds;
      (isItsTimeOver ? its : socket).destroy();
      server.emit('drop');
      if (!isItsTimeOver) return;
      waiting.delete(name);
    }
    const name = nameOf(socket);
    waiting.set(name, { socket, since: performance.now() });
    socket.once('close', () => {
      if (waiting.get(name)?.socket === socket) waiting.delete(name);
    });
  });
  server.on('secureConnection', (socket) => waiting.delete(nameOf(socket)));
}
