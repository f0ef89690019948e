import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, it } from 'node:test';
import pg from 'pg';
import { openStore } from '../../src/store/open.ts';
import { startPostgres } from '../support/postgres.ts';

const server = await startPostgres();
after(() => server.stop());

it('goes on when the database ends connections, also in the middle of a transaction', async () => {
  const url = await server.database('connections');
  const store = await openStore({ url, now: () => 1 });
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const claim = () => ({ spkiSha256: 'k', baseSha256: randomUUID(), expiresAt: 100 });
  // While the table is locked, a claim waits inside its transaction.
  await admin.query('begin; lock table "replay" in exclusive mode');
  const waiting = store.replay.claim(claim()).catch((error: unknown) => error);
  for (;;) {
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and wait_event_type = 'Lock'`,
    );
    if (rowCount !== 0) break;
  }
  assert.ok((await waiting) instanceof Error);
  await admin.query('commit');
  assert.equal(await store.replay.claim(claim()), true);
  await admin.end();
  await store.close();
});
