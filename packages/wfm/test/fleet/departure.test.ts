/** A client leaves with a signed file: the file and the retirement are one, whatever becomes of the answer. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readClientFile } from '../../src/fleet/moving.ts';
import {
  type Answer,
  capabilities,
  onboard,
  type Rig,
  signedSend,
  startRig,
  testClient,
} from '../support/wfm.ts';

describe('export with retirement', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig({ admission: 'open' });
  });
  after(() => rig.stop());

  const joined = async (): Promise<string> => {
    const client = await testClient();
    const id = String((await onboard(rig, client)).body['clientId']);
    await signedSend(rig, client, 'PUT', `/api/v1/clients/${id}/capabilities/d`, capabilities('d'));
    return id;
  };
  const leave = (id: string): Promise<Answer> =>
    rig.operator('POST', `/clients/${id}/export`, { retire: true, reason: 'sold' });
  const stateOf = async (id: string): Promise<unknown> =>
    (await rig.operator('GET', `/clients/${id}`)).body['state'];
  const actions = async (id: string): Promise<string[]> => {
    const { items } = (await rig.operator('GET', '/audit?limit=1000')).body as {
      items: Array<{ action: string; subject: string }>;
    };
    return items.filter((e) => e.subject === id).map((e) => e.action);
  };

  it('gives the same file to whoever has lost the answer, and stands once in the audit log', async () => {
    const id = await joined();
    const token = (await readFile(rig.wfm.operatorTokenFile, 'utf8')).trim();
    const lost = request(`${rig.wfm.operatorUrl}/operator/v1/clients/${id}/export`, {
      ca: rig.ca,
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    lost.on('error', () => undefined);
    lost.end(JSON.stringify({ retire: true, reason: 'sold' }));
    for (let i = 0; i < 500 && (await stateOf(id)) !== 'retired'; i++) await sleep(10);
    // Nobody has read what came.
    lost.destroy();
    assert.equal(await stateOf(id), 'retired');
    const [first, second] = [await leave(id), await leave(id)];
    assert.equal(first.status, 200, first.text);
    assert.equal(second.text, first.text);
    const carried = await readClientFile(first.text);
    assert.deepEqual([carried.clientId, carried.state, carried.devices.length], [id, 'active', 1]);
    assert.deepEqual((await actions(id)).slice(-2), ['client.exported', 'client.retired']);
    assert.equal((await actions(id)).filter((a) => a === 'client.exported').length, 1);
    assert.equal((await rig.operator('GET', `/clients/${id}`)).body['retiredReason'], 'moved: sold');
  });

  it('makes one file when many ask at once', async () => {
    const id = await joined();
    const answers = await Promise.all(Array.from({ length: 12 }, () => leave(id)));
    assert.deepEqual([...new Set(answers.map((a) => a.status))], [200]);
    assert.equal(new Set(answers.map((a) => a.text)).size, 1);
  });

  it('gives no file of the past: not after a readmission, nor for who was retired without one', async () => {
    const id = await joined();
    const first = await leave(id);
    await rig.operator('POST', `/clients/${id}/readmit`);
    await rig.operator('POST', `/clients/${id}/retire`);
    const refused = await leave(id);
    assert.deepEqual([refused.status, refused.body['state']], [409, 'retired']);
    await rig.operator('POST', `/clients/${id}/readmit`);
    await rig.operator('POST', `/clients/${id}/block`);
    const other = await leave(id);
    assert.equal(other.status, 200);
    assert.notEqual(other.text, first.text);
    assert.equal((await readClientFile(other.text)).state, 'blocked');
    assert.equal((await rig.operator('DELETE', `/clients/${id}`)).status, 204, 'it goes with its client');
    assert.equal((await leave(id)).status, 404);
  });
});
