/** The thread that writes: it runs the statements it is sent, one after the other, and answers in that order. */
import { parentPort, workerData } from 'node:worker_threads';
import BetterSqlite from 'better-sqlite3';
import { prepareOnce } from './statements.ts';
import { packRows, unpackRows } from './wire.ts';
import type { WriterAnswer, WriterRequest } from './writer.ts';

/** Pages of the log before they move into the database: each such move waits for the disk twice. */
const checkpointPages = 8_000;

const port = parentPort;
if (port === null) throw new Error('this file is a thread, not a program');
const raw = new BetterSqlite(String(workerData), { timeout: 2_000 });
raw.pragma('synchronous = FULL');
raw.pragma('foreign_keys = ON');
raw.pragma(`wal_autocheckpoint = ${checkpointPages}`);
const prepare = prepareOnce(raw);

function run({ begins, text, runs }: Exclude<WriterRequest, 'close'>): WriterAnswer {
  try {
    // The write lock at once: a lock upgraded later can fail without waiting.
    if (begins) prepare('begin immediate').run();
    // SQLite may have rolled back by itself, as on a full disk.
    if (text === 'rollback' && !raw.inTransaction) return { changes: 0 };
    const statement = prepare(text);
    const parameters = unpackRows(runs);
    if (statement.reader) {
      statement.raw(true);
      const found = packRows(parameters.flatMap((each) => statement.all(each) as unknown[][]));
      return { found, columns: found.rows.length === 0 ? [] : statement.columns().map((c) => c.name) };
    }
    let changes = 0;
    for (const each of parameters) changes += statement.run(each).changes;
    return { changes };
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return { error: { message, code } };
  }
}

port.on('message', (request: WriterRequest) => {
  if (request !== 'close') {
    port.postMessage(run(request));
    return;
  }
  raw.close();
  port.close();
});
