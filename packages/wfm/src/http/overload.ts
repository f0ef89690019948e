/**
 * Refuses calmly what is more than this process can do: 503 and Retry-After, before a body is read or a signature checked.
 * What counts is how many requests wait for their signature, the database or an operator; not how late the event loop is, because one
 * long question makes it late, too. New connections cannot crowd it: the loop accepts one in each turn, the rest wait in the
 * system's queue.
 */
import type { Server } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Appointments } from './appointments.ts';
import type { Limits } from './limits.ts';
import { HttpProblem } from './problem.ts';

/** What the metrics tell of a listener. */
export interface Load {
  readonly connections: number;
  readonly requestsInProgress: number;
  readonly refusedForOverload: number;
  readonly droppedConnections: number;
}

const quietMilliseconds = 10_000;

/** Everything but the Certificate API, which is answered from memory for less than a refusal costs. */
const isWork = ({ method }: FastifyRequest): boolean => method !== 'GET' && method !== 'HEAD';

/** Counts what is in progress on one listener, and refuses what is beyond its bound. */
export class LoadGuard {
  readonly #limits: Limits;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #appointments = new Appointments();
  #server: Server | null = null;
  #inProgress = 0;
  #refused = 0;
  #dropped = 0;
  #said = { at: Number.NEGATIVE_INFINITY, refused: 0 };

  /** @param o.now milliseconds */
  constructor(o: { limits: Limits; log: Logger; now: () => number }) {
    this.#limits = o.limits;
    this.#log = o.log;
    this.#now = o.now;
  }

  /** Puts the guard before every request of this application; once, before it listens. */
  guard(app: FastifyInstance): void {
    this.#server = app.server as Server;
    this.#server.on('drop', () => this.#dropped++);
    app.addHook('onRequest', (request, _reply, done) => {
      if (isWork(request) && this.#inProgress >= this.#limits.requestsInProgress) throw this.#refusal();
      done();
    });
    // Only from here on: a body that trickles in costs nothing but its connection.
    app.addHook('preValidation', (request, reply, done) => {
      if (isWork(request) && !reply.raw.closed) {
        this.#inProgress++;
        reply.raw.once('close', () => {
          this.#inProgress--;
          this.#appointments.served(this.#now());
        });
      }
      done();
    });
  }

  /** How things are. */
  async load(): Promise<Load> {
    const server = this.#server;
    const connections = await new Promise<number>((resolve) => {
      if (server === null) resolve(0);
      else server.getConnections((_error, count) => resolve(count ?? 0));
    });
    return {
      connections,
      requestsInProgress: this.#inProgress,
      refusedForOverload: this.#refused,
      droppedConnections: this.#dropped,
    };
  }

  #refusal(): HttpProblem {
    const now = this.#now();
    this.#refused++;
    if (now - this.#said.at >= quietMilliseconds) {
      this.#log.warn(
        { refused: this.#refused - this.#said.refused, requestsInProgress: this.#inProgress },
        'more requests than this WFM can serve: some are told to come again',
      );
      this.#said = { at: now, refused: this.#refused };
    }
    return new HttpProblem('overloaded', {
      detail: 'More requests come than can be served. Come again after the time of Retry-After.',
      retryAfterSeconds: this.#appointments.give(now),
    });
  }
}
