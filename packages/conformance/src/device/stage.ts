/** Where the play meets the client: requests wait in line until a scene asks for one of their kind. */
import { type Answer, done, emptyManifest, onboarded, refused } from './answers.ts';
import type { Reply } from './listener.ts';
import type { Received, Route, RouteKind } from './received.ts';

/** A request that was judged, and waits for its answer. */
export class Visit {
  readonly request: Received;
  readonly route: Route;
  readonly #reply: Reply;
  /** Milliseconds of the steady clock; set when the answer goes out. */
  answeredAt = Number.NaN;

  constructor(request: Received, route: Route, reply: Reply) {
    this.request = request;
    this.route = route;
    this.#reply = reply;
  }

  answer(answer: Answer | 'cut'): void {
    this.answeredAt = performance.now();
    this.#reply(answer);
  }
}

/** Nobody came in time, or the run was stopped. */
export class GoneError extends Error {
  override readonly name = 'GoneError';
}

/** Told when the play waits for the client. */
export interface Waiting {
  readonly event: 'waiting';
  readonly scene: string;
  readonly for: string;
  readonly seconds: number;
}

interface StageOptions {
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
  readonly onWaiting: (waiting: Waiting) => void;
}

/** More than this in line is no client any more. */
const longestLine = 256;

export class Stage {
  readonly #o: StageOptions;
  readonly #line: Visit[] = [];
  #look: () => void = () => undefined;
  /** What clients are given; null as long as nobody is let in. */
  clientId: string | null = null;

  constructor(o: StageOptions) {
    this.#o = o;
  }

  /** Takes a request that was judged. */
  enter(visit: Visit): void {
    if (this.#line.length >= longestLine) return visit.answer(refused('too-many-requests'));
    this.#line.push(visit);
    return this.#look();
  }

  /**
   * Waits for a request of one of the kinds; others are answered meanwhile.
   * @throws GoneError
   */
  next(kinds: readonly RouteKind[], scene: string, what: string): Promise<Visit> {
    const { waitSeconds, signal, onWaiting } = this.#o;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        this.#look = () => undefined;
      };
      const stop = (): void => {
        end();
        reject(
          new GoneError(signal.aborted ? 'the run was stopped' : `${what} did not come in ${waitSeconds} s`),
        );
      };
      const timer = setTimeout(stop, waitSeconds * 1000);
      signal.addEventListener('abort', stop, { once: true });
      this.#look = () => {
        for (let visit = this.#line.shift(); visit !== undefined; visit = this.#line.shift()) {
          const { kind, methods } = visit.route;
          if (!kinds.includes(kind) || !methods.includes(visit.request.method)) {
            visit.answer(this.#answerTo(visit));
            continue;
          }
          end();
          return resolve(visit);
        }
      };
      if (signal.aborted) return stop();
      onWaiting({ event: 'waiting', scene, for: what, seconds: waitSeconds });
      return this.#look();
    });
  }

  /** The answer to what no scene waits for. */
  #answerTo({ route: { kind, methods }, request: { method } }: Visit): Answer {
    if (methods.length === 0) return refused('route-not-found');
    if (!methods.includes(method)) return refused('method-not-allowed', { allow: methods.join(', ') });
    if (kind === 'onboarding')
      return this.clientId === null
        ? refused('client-approval-pending', { retryAfterSeconds: 2 })
        : onboarded(this.clientId);
    if (this.clientId === null) return refused('invalid-client');
    if (kind === 'workload') return method === 'GET' || method === 'HEAD' ? emptyManifest : done(200);
    return method === 'DELETE' ? done(204) : done(200);
  }
}
