/** Where the play meets the client: each request goes to the scene that waits for its kind, or is answered at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, done, emptyManifest, onboarded, refused } from './answers.ts';
import type { Reply } from './listener.ts';
import type { Wanted, Patience } from './patience.ts';
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

  /** In one line. */
  get asked(): string {
    return `${this.request.method} ${this.request.url}`;
  }

  answer(answer: Answer | 'cut'): void {
    this.answeredAt = performance.now();
    this.#reply(answer);
  }
}

const nobody = (): boolean => false;

export class Stage {
  readonly #patience: Patience;
  /** Takes the request that a scene waits for. */
  #wanted: (visit: Visit) => boolean = nobody;
  /** When the last request came, by the steady clock. */
  #last = 0;
  /** What clients are given; null as long as nobody is let in. */
  clientId: string | null = null;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Takes a request that was judged, and answers it when no scene waits for it. */
  enter(visit: Visit): void {
    this.#last = performance.now();
    if (!this.#wanted(visit)) visit.answer(this.#answerTo(visit));
  }

  /**
   * Waits for a request of one of the kinds; others are answered meanwhile.
   * @throws GoneError
   */
  async next(kinds: readonly RouteKind[], what: Wanted): Promise<Visit> {
    try {
      return await this.#patience.wait<Visit>(what, (come) => {
        this.#wanted = (visit) => {
          const { kind, methods } = visit.route;
          if (!kinds.includes(kind) || !methods.includes(visit.request.method)) return false;
          this.#wanted = nobody;
          come(visit);
          return true;
        };
      });
    } finally {
      this.#wanted = nobody;
    }
  }

  /** Lets the client say all that it has to say, in seconds: until it is silent for so long, and not longer than five times that. */
  async silence(seconds: number, signal: AbortSignal): Promise<void> {
    const quiet = seconds * 1000;
    const until = performance.now() + 5 * quiet;
    for (
      let left = quiet;
      left > 0 && !signal.aborted;
      left = Math.min(this.#last + quiet, until) - performance.now()
    )
      await sleep(left, undefined, { signal }).catch(() => undefined);
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
    return done(method === 'DELETE' ? 204 : 201);
  }
}
