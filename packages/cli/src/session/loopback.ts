/** The other end of a browser's redirect (RFC 8252 section 7.3): on this machine only, for one answer. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OperatorError } from '../operator-error.ts';

interface Loopback {
  readonly redirectUri: string;
  /** The address that the browser came back to. */
  readonly answer: Promise<URL>;
  close(): void;
}

const waitMilliseconds = 300_000;

/**
 * Waits on a free port of 127.0.0.1.
 * @param state what the answer must bring along: what comes without it, some other program has sent
 */
export async function listenOnLoopback(state: string): Promise<Loopback> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const waiting = new AbortController();
  const answer = new Promise<URL>((resolve, reject) => {
    const timer = setTimeout(() => {
      const nextStep = 'Start again: muster login';
      reject(new OperatorError('refused', 'timeout', 'Nobody logged in within five minutes.', { nextStep }));
    }, waitMilliseconds);
    waiting.signal.addEventListener('abort', () => clearTimeout(timer));
    server.on('request', (request, response) => {
      // Any program on this machine may ask for anything.
      const target = request.url ?? '/';
      const url = URL.canParse(target, redirectUri) ? new URL(target, redirectUri) : null;
      const isIt =
        request.method === 'GET' && url?.pathname === '/callback' && url.searchParams.get('state') === state;
      response.writeHead(isIt ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' });
      response.end(isIt ? 'Muster has what it needs. You can close this page.\n' : 'Nothing is here.\n');
      if (isIt && url !== null) resolve(url);
    });
  });
  return {
    redirectUri,
    answer,
    close() {
      waiting.abort();
      server.close();
      server.closeIdleConnections();
    },
  };
}
