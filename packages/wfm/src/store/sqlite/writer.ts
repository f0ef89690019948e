/** The main thread's side of the thread that writes. */
import { Worker } from 'node:worker_threads';

/**
 * A statement to run; `begins` opens a transaction before it, to save a message. Parameters that are lists are as many runs
 * of it.
 */
export type WriterRequest =
  | { readonly begins: boolean; readonly text: string; readonly parameters: readonly unknown[] }
  | 'close';

export type WriterAnswer =
  | { readonly rows: readonly unknown[]; readonly changes?: number }
  | { readonly error: { readonly message: string; readonly code: string | undefined } };

type Result = Extract<WriterAnswer, { rows: unknown }>;

interface Waiting {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/** A message carries the whole memory below a view: of a small body that came in a shared piece, only the body. */
function alone(parameter: unknown): unknown {
  if (Array.isArray(parameter)) return parameter.map(alone);
  return parameter instanceof Uint8Array && parameter.byteLength < parameter.buffer.byteLength
    ? Uint8Array.prototype.slice.call(parameter)
    : parameter;
}

/**
 * Runs statements on the connection that writes, in a thread of its own: while it waits for the disk, requests are
 * read and signatures are checked. An end of the thread that nobody asked for ends the process.
 */
export class Writer {
  readonly #thread: Worker;
  readonly #waiting: Waiting[] = [];

  /** @param path of a database that exists */
  constructor(path: string) {
    this.#thread = new Worker(new URL('./writer-thread.ts', import.meta.url), {
      workerData: path,
      // Its objects are as short-lived as small.
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#thread.unref();
    this.#thread.on('message', (answer: WriterAnswer) => {
      const { resolve, reject } = this.#waiting.shift() as Waiting;
      if (this.#waiting.length === 0) this.#thread.unref();
      if ('error' in answer)
        reject(Object.assign(new Error(answer.error.message), { code: answer.error.code }));
      else resolve(answer);
    });
  }

  /** @throws Error with the code of SQLite */
  run(request: Exclude<WriterRequest, 'close'>): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) this.#thread.ref();
      this.#waiting.push({ resolve, reject });
      this.#thread.postMessage({ ...request, parameters: request.parameters.map(alone) });
    });
  }

  /** Closes the connection, after all that was sent before. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#thread.ref();
      this.#thread.once('exit', () => resolve());
      this.#thread.postMessage('close' satisfies WriterRequest);
    });
  }
}
