import { it } from 'node:test';
import pg from 'pg';
import { startPostgres } from '../../packages/wfm/test/support/postgres.ts';
import { drill } from './drill.ts';

// The database outlives the WFM here, with whatever was on its way.
const kills = Math.ceil(Number(process.env['MUSTER_DRILL_KILLS'] ?? 10) / 4);
it(`survives ${kills} kills at random moments, on PostgreSQL`, async (t) => {
  const postgres = await startPostgres();
  const url = await postgres.database('drill');
  const watcher = new pg.Client(url);
  try {
    await watcher.connect();
    const watch = async (): Promise<string> =>
      String((await watcher.query('select "seq" from "auditHead"')).rows[0]?.['seq']);
    await drill(t, kills, { watch: () => watch, more: ['--database', url] });
  } finally {
    await watcher.end();
    await postgres.stop();
  }
});
