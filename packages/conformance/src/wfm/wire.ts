/** One HTTP/1.1 exchange with the WFM that is checked: bounded in time and size, never redirected, and remembered. */
import type { IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { readProblem, retryAfter } from '@muster/protocol';
import { MissingGround } from '../report.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly milliseconds: number;
  /** The answer came over a connection that had served before. */
  readonly isReused: boolean;
}

/** What is remembered of each answer, to be judged at the end. */
export interface Kept {
  readonly what: string;
  readonly path: string;
  readonly answer: Answer;
}

export interface Sending {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

/** There was no whole answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** As the system names it, `late` or `endless`. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

const maximumBody = 1_048_576;
/** Characters of an answer that are told. */
const longestTold = 400;
/** Longer than a WFM may hold an onboarding request while an operator decides, in milliseconds. */
const longestAnswer = 30_000;
/** After so many requests in a row without an answer in time, nobody is asked any more. */
const mostSilences = 3;
/** How often, and for how long, a WFM is left alone that says it has too much to do. */
const mostRepeats = 3;
const longestPause = 20;

/** Roots to believe; undefined for those of this system, null for anybody. */
export type Roots = readonly string[] | undefined | null;

/** When the WFM wants to be asked again, in seconds. */
export function pauseOf(answer: Answer): number | undefined {
  const { retryAfterSeconds } = readProblem(answer.status, jsonOf(answer));
  return retryAfter(answer, retryAfterSeconds, Date.now());
}

/** Waits. @throws what the signal was aborted with */
export function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1000);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

/** How one request is sent. */
interface Manner {
  readonly signal: AbortSignal;
  /** Without one, the request has a connection of its own. */
  readonly agent?: Agent | undefined;
  /** Milliseconds until there must be a whole answer. */
  readonly patience: number;
}

/** Sends one request. @throws NoAnswer */
export function sendOnce(o: Sending, roots: Roots, { signal, agent, patience }: Manner): Promise<Answer> {
  const url = new URL(o.url);
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const late = AbortSignal.timeout(patience);
    const fail = (error: Error & { code?: string }): void => {
      if (signal.aborted) return reject(signal.reason as Error);
      if (error instanceof NoAnswer) return reject(error);
      const seconds = Math.round((performance.now() - started) / 1000);
      if (late.aborted)
        return reject(new NoAnswer('late', `no whole answer to ${o.method} within ${seconds} s`, error));
      const code = error.code ?? error.message;
      return reject(new NoAnswer(code, `no whole answer to ${o.method}: ${code}`, error));
    };
    const options: RequestOptions & ConnectionOptions = {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? 443 : Number(url.port),
      path: url.pathname + url.search,
      method: o.method,
      headers: {
        ...o.headers,
        host: url.host,
        ...(o.body === undefined ? {} : { 'content-length': String(o.body.length) }),
      },
      agent: agent ?? false,
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      rejectUnauthorized: roots !== null,
      ...(roots == null ? {} : { ca: [...roots] }),
      signal: AbortSignal.any([signal, late]),
    };
    const outgoing = request(options, (incoming) => {
      const chunks: Buffer[] = [];
      let length = 0;
      incoming.on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > maximumBody)
          incoming.destroy(new NoAnswer('endless', `an answer of more than ${maximumBody} bytes`));
      });
      incoming.on('error', fail);
      incoming.on('end', () => {
        if (!incoming.complete) return fail(new NoAnswer('cut', 'half an answer'));
        resolve({
          status: incoming.statusCode ?? 0,
          headers: headersOf(incoming),
          body: Buffer.concat(chunks),
          milliseconds: performance.now() - started,
          isReused: outgoing.reusedSocket,
        });
      });
    });
    outgoing.on('error', fail);
    outgoing.end(o.body);
  });
}

/** The way to one WFM, over TLS that is verified. */
export class Wire {
  readonly #roots: Roots;
  readonly #signal: AbortSignal;
  readonly #patience: number;
  readonly kept: Kept[] = [];
  #silences = 0;

  /** @param patience milliseconds until there must be a whole answer */
  constructor(roots: Roots, signal: AbortSignal, patience = longestAnswer) {
    this.#roots = roots;
    this.#signal = signal;
    this.#patience = patience;
  }

  /**
   * Sends a request, once more when the WFM asks to come later, and remembers the answer.
   * @throws NoAnswer; MissingGround when it has not answered for long
   */
  async send(o: Sending, what: string, agent?: Agent): Promise<Answer> {
    for (let repeats = 0; ; repeats++) {
      const answer = await this.#sendOnce(o, agent);
      const seconds = answer.status === 429 || answer.status === 503 ? pauseOf(answer) : undefined;
      if (seconds === undefined || repeats >= mostRepeats || seconds > longestPause) {
        this.kept.push({ what, path: new URL(o.url).pathname, answer });
        return answer;
      }
      await pause(Math.max(1, seconds), this.#signal);
    }
  }

  async #sendOnce(o: Sending, agent: Agent | undefined): Promise<Answer> {
    if (this.#silences >= mostSilences) throw new MissingGround('the WFM does not answer any more');
    try {
      const answer = await sendOnce(o, this.#roots, {
        signal: this.#signal,
        agent,
        patience: this.#patience,
      });
      this.#silences = 0;
      return answer;
    } catch (error) {
      this.#silences = error instanceof NoAnswer && error.code === 'late' ? this.#silences + 1 : 0;
      throw error;
    }
  }

  /** A way that keeps its connection, for a few requests. */
  async overOne<T>(act: (agent: Agent) => Promise<T>): Promise<T> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      return await act(agent);
    } finally {
      agent.destroy();
    }
  }
}

/** The answer's JSON, or undefined when it is none. */
export function jsonOf(answer: Answer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** An answer in a few words: what it says of itself, or its first characters. */
export function tell(answer: Answer): string {
  const { title, detail, errors = [] } = readProblem(answer.status, jsonOf(answer));
  if (answer.status >= 400 && title !== undefined) {
    const faults = errors.map(({ field, message }) => `${field} ${message}`.trim());
    const words = [...new Set([title, detail ?? title])].join(': ');
    return `${answer.status} ${words}${faults.length === 0 ? '' : ` (${faults.join('; ')})`}`.slice(
      0,
      longestTold,
    );
  }
  const text = answer.body.toString('utf8').replace(/\s+/g, ' ').trim();
  return `${answer.status} ${text === '' ? 'without a body' : text}`.slice(0, longestTold);
}
