/** PostgreSQL takes too long for a statement: it is ended, whoever asked is told to come again, and nothing was done. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { openStore } from '../../src/store/open.ts';
import { startPostgres } from '../support/postgres.ts';
import { capabilities, onboard, type Rig, signedSend, startRig, testClient } from '../support/wfm.ts';

describe('a statement that takes too long', () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let rig: Rig;
  let other: pg.Client;
  let url: string;
  before(async () => {
    postgres = await startPostgres();
    url = await postgres.database('slow');
    rig = await startRig({ admission: 'open', database: url, databaseStatementSeconds: 0.3 });
    other = new pg.Client(url);
    await other.connect();
  });
  after(async () => {
    await other.end();
    await rig.stop();
    await postgres.stop();
  });

  it('is ended with 503 on both listeners, and leaves nothing half done', async () => {
    const client = await testClient();
    const id = String((await onboard(rig, client)).body['clientId']);
    const path = `/api/v1/clients/${id}/capabilities/d`;
    await other.query('begin');
    await other.query('lock table "clients", "devices" in access exclusive mode');
    const answers = await Promise.all([
      onboard(rig, await testClient()),
      signedSend(rig, client, 'PUT', path, capabilities('d')),
      rig.operator('GET', '/clients'),
      rig.operator('POST', `/clients/${id}/block`),
    ]);
    for (const { status, headers, body } of answers) {
      assert.deepEqual(
        [status, headers['retry-after'], body['type']],
        [503, '5', 'urn:muster:problem:not-ready'],
      );
      assert.match(String(body['detail']), /took too long, so nothing was done/);
    }
    await other.query('rollback');
    assert.equal((await rig.operator('GET', `/clients/${id}`)).body['state'], 'active');
    assert.equal((await signedSend(rig, client, 'PUT', path, capabilities('d'))).status, 201);
    assert.equal((await rig.operator('POST', `/clients/${id}/block`)).status, 200);
    assert.equal((await rig.operator('GET', '/audit/verify')).body['ok'], true);
  });

  it('is none while the schema is brought up to date, however long another instance takes for it', async () => {
    await other.query('begin');
    await other.query('select pg_advisory_xact_lock(7305114001)');
    const opening = openStore({ url, now: Date.now, statementSeconds: 0.1 });
    await other.query('select pg_sleep(0.5)');
    await other.query('commit');
    await (await opening).close();
  });

  it('may be longer than PostgreSQL can count, or as long as it takes', async () => {
    for (const statementSeconds of [31_536_000, 0])
      await (await openStore({ url, now: Date.now, statementSeconds })).close();
  });
});
