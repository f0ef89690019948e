import { it } from 'node:test';
import { startPostgres } from '../../packages/wfm/test/support/postgres.ts';
import { drill } from './drill.ts';

// The database outlives the WFM here, with whatever was on its way.
const kills = Math.ceil(Number(process.env['MUSTER_DRILL_KILLS'] ?? 15) / 4);
it(`survives ${kills} kills at random moments, on PostgreSQL`, async (t) => {
  const postgres = await startPostgres();
  try {
    await drill(t, kills, '--database', await postgres.database('drill'));
  } finally {
    await postgres.stop();
  }
});
