/** HTTP exchanges with one server over node's own client, which is there at once: a command is done before a larger one is loaded. */
import type { IncomingMessage } from 'node:http';
import { addAbortSignal } from 'node:stream';

/** Milliseconds of silence before the head of an answer, and within it. */
const headTimeout = 60_000;
const bodyTimeout = 120_000;

interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

export interface Exchanges {
  /** @returns the answer, whose body is still to be read. @throws Error with the `code` of what kept it from coming */
  exchange(url: string, asked: Asked): Promise<IncomingMessage>;
  close(): void;
}

/**
 * Opens no connection yet; those it makes are kept for the next exchange.
 * @param isTls false for a tunnel or proxy on this machine @param ca PEM; undefined for public CAs
 */
export async function openExchanges(isTls: boolean, ca: string | undefined): Promise<Exchanges> {
  const { Agent, request } = isTls ? await import('node:https') : await import('node:http');
  const agent = new Agent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) });
  return {
    exchange: (url, { method, headers, body, signal }) =>
      new Promise((resolve, reject) => {
        const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
        const outgoing = request(url, {
          agent,
          method,
          signal,
          timeout: headTimeout,
          headers: { ...headers, ...length },
        });
        outgoing.on('timeout', () =>
          outgoing.destroy(Object.assign(new Error('It fell silent.'), { code: 'ETIMEDOUT' })),
        );
        outgoing.on('error', reject);
        outgoing.on('response', (answer) => {
          answer.setTimeout(bodyTimeout);
          resolve(addAbortSignal(signal, answer));
        });
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}
