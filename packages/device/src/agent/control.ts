/** The daemon's local control socket: one JSON line in, one out. Who may open the state folder may ask. */
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { DeviceError, throwIfStopped } from '../errors.ts';

export type ControlRequest = 'status' | 'report' | 'stop';

const maximumLine = 1_000;
const timeoutMilliseconds = 60_000;

const pathOf = (stateDirectory: string): string => join(stateDirectory, 'control.sock');

/** Opens the socket (0600), in the place of one that a killed daemon has left. */
export async function openControl(
  stateDirectory: string,
  answer: (request: ControlRequest) => Promise<object>,
): Promise<{ close(): Promise<void> }> {
  const path = pathOf(stateDirectory);
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setTimeout(timeoutMilliseconds, () => socket.destroy());
    socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
    let line = '';
    socket.setEncoding('utf8').on('data', function hear(chunk: string) {
      line += chunk;
      if (line.length > maximumLine) socket.destroy();
      if (!line.includes('\n') || socket.destroyed) return;
      // One question for each connection.
      socket.off('data', hear).resume();
      const request = line.trim();
      const known = request === 'status' || request === 'report' || request === 'stop';
      const reply = known ? answer(request) : Promise.resolve({ error: { message: 'unknown request' } });
      reply.then(
        (value) => socket.end(`${JSON.stringify(value)}\n`),
        (error: unknown) => {
          const { message, code, seen, expected, nextStep } = error as DeviceError;
          socket.end(`${JSON.stringify({ error: { message, code, seen, expected, nextStep } })}\n`);
        },
      );
    });
  });
  // A umask would do it without a gap, but counts for the whole process; the folder is 0700 all the same.
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  await chmod(path, 0o600);
  return {
    async close() {
      for (const socket of sockets) socket.destroySoon();
      await new Promise((resolve) => server.close(resolve));
      await rm(path, { force: true });
    },
  };
}

/**
 * Asks the daemon of a state folder.
 * @returns its answer, or null when none runs
 * @throws DeviceError what the daemon met; `aborted`
 */
export async function askDaemon(
  stateDirectory: string,
  request: ControlRequest,
  signal?: AbortSignal,
): Promise<Record<string, unknown> | null> {
  throwIfStopped(signal);
  const text = await new Promise<string | null>((resolve) => {
    const socket = connect({ path: pathOf(stateDirectory), ...(signal === undefined ? {} : { signal }) });
    let answer = '';
    socket.setTimeout(timeoutMilliseconds, () => socket.destroy());
    socket.once('connect', () => socket.write(`${request}\n`));
    // A character may come in two parts.
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.once('error', () => resolve(null));
    socket.once('close', () => resolve(answer));
  });
  throwIfStopped(signal);
  if (text === null || text === '') return null;
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Killed in the middle of its answer: it does not run any more.
    return null;
  }
  const { error } = value as { error?: { message: string; code?: string; seen?: string; nextStep?: string } };
  if (error === undefined) return value;
  const code = (error.code ?? 'state') as DeviceError['code'];
  throw new DeviceError(code, error.message, {
    ...(error.seen === undefined ? {} : { seen: error.seen }),
    nextStep: error.nextStep ?? 'Look at the log of the daemon.',
  });
}
