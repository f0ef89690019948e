/** PostgreSQL goes away under a running WFM: everybody is told to come again, and nothing is said to be wrong with what they asked. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isDatabaseAway } from '../../src/store/away.ts';
import { startPostgres } from '../support/postgres.ts';
import { capabilities, onboard, signedSend, startRig, testClient } from '../support/wfm.ts';

it('answers 503 with Retry-After while the database is away', async () => {
  const postgres = await startPostgres();
  const rig = await startRig({ admission: 'open', database: await postgres.database('away') });
  const client = await testClient();
  const id = String((await onboard(rig, client)).body['clientId']);
  await postgres.stop();
  const answers = [
    await onboard(rig, await testClient()),
    await signedSend(rig, client, 'PUT', `/api/v1/clients/${id}/capabilities/d`, capabilities('d')),
    await rig.operator('GET', '/clients'),
    await rig.operator('POST', `/clients/${id}/block`),
  ];
  for (const { status, headers, body } of answers)
    assert.deepEqual(
      [status, headers['retry-after'], body['type']],
      [503, '5', 'urn:muster:problem:not-ready'],
    );
  await rig.stop();
});

it('takes nothing else for an absence', () => {
  const error = (code: string): Error => Object.assign(new Error('it failed'), { code });
  for (const code of ['23505', '22P02', '40P01', '42601', 'SQLITE_FULL', 'ERR_INVALID_ARG_TYPE', ''])
    assert.equal(isDatabaseAway(error(code)), false, code);
  for (const code of ['57P01', '08006', '53300', 'ECONNREFUSED'])
    assert.equal(isDatabaseAway(error(code)), true, code);
  assert.equal(isDatabaseAway(new Error('Connection terminated unexpectedly')), true);
  assert.equal(isDatabaseAway('Connection terminated'), false);
});
