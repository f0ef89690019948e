/**
 * Reads applications. One that is no larger than those that are published is read at once. A larger one would hold up signed
 * requests meanwhile, for a second where it is built to; so it is read in a thread, which ends when it had nothing to do for a while.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Application, parseApplication, ProtocolError } from '@muster/protocol';
import type { Reading } from './reader-thread.ts';

/** Characters that take a few milliseconds at most. */
const mostAtOnce = 8192;
const idleMs = 30_000;
const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

function isTooMuch(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'AbortError' || ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'))
  );
}

/** Reads one application at a time, whoever asks. */
export class ApplicationReader {
  readonly #longestMs: number;
  #thread: Worker | null = null;
  #idle: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param longestMs how long a document may be read, in milliseconds */
  constructor(longestMs = 10_000) {
    this.#longestMs = longestMs;
  }

  /** @throws ProtocolError with every fault, and for a document that takes too long */
  async read(text: string): Promise<Application> {
    if (text.length <= mostAtOnce) return parseApplication(text);
    const turn = this.#turn.then(() => this.#readInThread(text));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = null;
    await thread?.terminate();
  }

  async #readInThread(text: string): Promise<Application> {
    clearTimeout(this.#idle);
    const thread = (this.#thread ??= new Worker(new URL('reader-thread.ts', import.meta.url), {
      resourceLimits,
    }));
    thread.ref();
    try {
      const answered = once(thread, 'message', { signal: AbortSignal.timeout(this.#longestMs) });
      thread.postMessage(text);
      const [reading] = (await answered) as [Reading];
      if ('application' in reading) return reading.application;
      const { code, message, problems, nextStep } = reading.refused;
      throw new ProtocolError(code, message, problems, nextStep);
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      await this.close();
      if (!isTooMuch(error)) throw error;
      const message = 'takes too much time or memory to read';
      const nextStep = 'Make it smaller: published ones have some kilobytes.';
      throw new ProtocolError('semantic', `This document ${message}.`, [{ field: '', message }], nextStep);
    } finally {
      // Neither the thread nor its end keeps the process.
      thread.unref();
      this.#idle = setTimeout(() => void this.close(), idleMs).unref();
    }
  }
}
