import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { drill } from './drill.ts';

const kills = Number(process.env['MUSTER_DRILL_KILLS'] ?? 10);
it(`survives ${kills} kills at random moments, on SQLite`, (t) =>
  drill(t, kills, {
    // What is committed is appended to the log beside the database, which is overwritten from its beginning now and then.
    watch: (data) => async () => String((await stat(join(data, 'muster.db-wal'), { bigint: true })).mtimeNs),
  }));
