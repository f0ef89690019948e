import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, it } from 'node:test';
import pg from 'pg';
import { openStore } from '../../src/store/open.ts';
import { admit } from '../placement/contract/support.ts';
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

it('keeps what came together with a report that cannot be written, and says of that one what was wrong', async () => {
  const url = await server.database('refusing');
  const store = await openStore({ url, now: () => 1 });
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`alter table "devices" add constraint "theBadOne" check ("deviceId" <> 'bad')`);
  const clientId = await admit(store, 'one');
  const named = (deviceId: string) => ({
    clientId,
    deviceId,
    profile: 'rc.2c',
    model: JSON.stringify({ deviceId }),
    document: Buffer.from(deviceId),
    digest: deviceId,
    now: 5,
    mode: 'keyed' as const,
    claim: { spkiSha256: 'k', baseSha256: deviceId, expiresAt: 100 },
  });
  // The first has a transaction of its own, the others one together.
  const ids = ['first', 'good', 'bad', 'better'];
  const results = await Promise.allSettled(ids.map((id) => store.devices.upsert(named(id))));
  assert.deepEqual(
    results.map((r) =>
      r.status === 'fulfilled' ? r.value : (r.reason as { constraint: string }).constraint,
    ),
    ['created', 'created', 'theBadOne', 'created'],
  );
  assert.equal(await store.devices.get(clientId, 'bad'), null);
  await admin.query(`alter table "devices" drop constraint "theBadOne"`);
  // Its claim was rolled back with it.
  assert.equal(await store.devices.upsert(named('bad')), 'created');
  assert.equal(await store.devices.upsert(named('bad')), 'replayed');
  await admin.end();
  await store.close();
});
