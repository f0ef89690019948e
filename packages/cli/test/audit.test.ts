/** `muster audit list`, as a process beside a real WFM. */
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { startPlace } from './support.ts';

const place = await startPlace({ admission: 'open' });
after(() => place.stop());
const { muster } = place;

it('muster audit list shows what was done, by whom, on what and when', async () => {
  const joined = await muster('device', 'join', place.wfm.joinString, '--state', 'd1', '--json');
  const client = String(joined.json['clientId']);
  assert.equal((await muster('clients', 'block', client)).code, 0);
  const actions = async (...flags: string[]): Promise<string[]> => {
    const listed = await muster('audit', 'list', '--json', ...flags);
    assert.equal(listed.code, 0, listed.stderr);
    return (listed.json['items'] as Array<{ action: string }>).map((e) => e.action);
  };
  assert.deepEqual(await actions('--subject', client, '--newest'), ['client.blocked', 'client.admitted']);
  assert.deepEqual(await actions('--action', 'client', '--actor', 'admin'), ['client.blocked']);
  assert.deepEqual(await actions('--action', 'client', '--limit', '1'), ['client.admitted']);
  assert.deepEqual(await actions('--until', '2020-01-31'), []);
  assert.ok((await actions('--since', '2020-01-31', '--until', '2120-01-31T00:00:00+02:00')).length >= 2);
  assert.match(
    (await muster('audit', 'list', '--action', 'client.blocked')).stdout,
    /admin +client\.blocked/,
  );
});

it('muster audit list refuses what is no time and no action, and says what to give', async () => {
  const day = await muster('audit', 'list', '--since', '2027-02-31');
  assert.equal(day.code, 2);
  assert.match(day.stderr, /--since 2027-02-31 is no day or time/);
  const action = await muster('audit', 'list', '--action', "client'; drop");
  assert.equal(action.code, 3);
  assert.match(action.stderr, /action/);
});
