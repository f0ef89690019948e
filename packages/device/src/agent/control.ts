/** The daemon's local control socket: one word in, one JSON line out. Who may open the state folder may ask. */
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { DeviceError, throwIfStopped } from '../errors.ts';

export type ControlRequest = 'status' | 'report' | 'stop';

const maximumLine = 1_000;
const timeoutMilliseconds = 60_000;

const pathOf = (stateDirectory: string): string => join(stateDirectory, 'control.sock');

interface Daemon {
  answer(request: ControlRequest): Promise<object>;
  /** Lends the state folder. @returns what takes it back */
  lend(): Promise<() => void>;
}

/** Lends the folder to whoever is at the other end, for as long as they are. */
async function lendTo(socket: Socket, daemon: Daemon): Promise<void> {
  const takeBack = await daemon.lend();
  if (socket.destroyed) {
    takeBack();
    return;
  }
  socket.setTimeout(0);
  socket.once('close', takeBack).write('{"lent":true}\n');
}

/** Opens the socket (0600), in the place of one that a killed daemon has left. */
export async function openControl(
  stateDirectory: string,
  daemon: Daemon,
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
      const refuse = (error: unknown): void => {
        const { message, code, seen, expected, nextStep } = error as DeviceError;
        socket.end(`${JSON.stringify({ error: { message, code, seen, expected, nextStep } })}\n`);
      };
      if (request === 'lend') {
        lendTo(socket, daemon).catch(refuse);
        return;
      }
      if (request !== 'status' && request !== 'report' && request !== 'stop') {
        const nextStep = 'Start the daemon again.';
        return refuse(new DeviceError('state', 'The daemon is of another version.', { nextStep }));
      }
      daemon.answer(request).then((value) => socket.end(`${JSON.stringify(value)}\n`), refuse);
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

/** What the daemon has said. @returns null where it was killed in the middle @throws DeviceError what it met */
function heard(text: string): Record<string, unknown> | null {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text) as Record<string, unknown>;
  } catch {
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

/** Says one word to the daemon. @returns the connection and the first line that comes; null where none does */
async function say(
  stateDirectory: string,
  word: ControlRequest | 'lend',
  signal: AbortSignal | undefined,
): Promise<{ socket: Socket; line: string | null }> {
  throwIfStopped(signal);
  const socket = connect({ path: pathOf(stateDirectory), ...(signal === undefined ? {} : { signal }) });
  const line = await new Promise<string | null>((resolve) => {
    let answer = '';
    socket.setTimeout(timeoutMilliseconds, () => socket.destroy());
    socket.once('connect', () => socket.write(`${word}\n`));
    // A character may come in two parts.
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
      if (answer.includes('\n')) resolve(answer);
    });
    socket.on('error', () => resolve(null));
    socket.once('close', () => resolve(null));
  });
  if (signal?.aborted === true) socket.destroy();
  throwIfStopped(signal);
  return { socket, line };
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
  const { socket, line } = await say(stateDirectory, request, signal);
  socket.destroy();
  return line === null ? null : heard(line);
}

/**
 * Has the daemon of a state folder stop its work and free the folder.
 * @returns what lets it go on, as the end of this process does; null when no daemon runs
 * @throws DeviceError `state` when it cannot just now; `aborted`
 */
export async function borrowFolder(
  stateDirectory: string,
  signal: AbortSignal | undefined,
): Promise<(() => void) | null> {
  // Not with the signal: the daemon must not go on before this process has given the folder back.
  const { socket, line } = await say(stateDirectory, 'lend', undefined);
  try {
    throwIfStopped(signal);
    if (line === null || heard(line) === null) return null;
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.setTimeout(0);
  return () => socket.destroy();
}
