/** The main thread's side of the thread that writes. */
import { Worker } from 'node:worker_threads';
import { packRows, type Rows, unpackRows } from './wire.ts';

/** A statement, and the parameters of each of its runs; `begins` opens a transaction before it, to save a message. */
export type WriterRequest =
  | { readonly begins: boolean; readonly text: string; readonly runs: Rows }
  | 'close';

export type WriterAnswer =
  | { readonly changes: number }
  | { readonly found: Rows; readonly columns: readonly string[] }
  | { readonly error: { readonly message: string; readonly code: string | undefined } };

interface Result {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly changes: number | undefined;
}

interface Waiting {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

function resultOf(answer: Exclude<WriterAnswer, { error: unknown }>): Result {
  if ('changes' in answer) return { rows: [], changes: answer.changes };
  const { columns } = answer;
  const rows = unpackRows(answer.found).map((values) => {
    const row: Record<string, unknown> = {};
    for (const [i, column] of columns.entries()) row[column] = values[i];
    return row;
  });
  return { rows, changes: undefined };
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
      else resolve(resultOf(answer));
    });
  }

  /**
   * @param o.runs the parameters of each run; left to this
   * @throws Error with the code of SQLite
   */
  run(o: { begins: boolean; text: string; runs: readonly unknown[][] }): Promise<Result> {
    const request: WriterRequest = { ...o, runs: packRows(o.runs) };
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) this.#thread.ref();
      this.#waiting.push({ resolve, reject });
      this.#thread.postMessage(request);
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
