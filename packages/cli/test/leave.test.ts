/** A device that leaves while it waits: no request of it is left that somebody could approve later. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Place, type Ran, startPlace } from './support.ts';

interface Request {
  readonly enrollmentId: string;
  readonly state: string;
  readonly fingerprint: string;
}

describe('leaving while pending', () => {
  let place: Place;
  before(async () => {
    place = await startPlace();
  });
  after(() => place.stop());

  const join = (state: string, ...more: string[]): Promise<Ran> =>
    place.muster('device', 'join', place.wfm.joinString, '--state', state, '--json', ...more);
  const leave = (state: string): Promise<Ran> => place.muster('device', 'leave', '--state', state, '--json');
  const pending = async (): Promise<Request[]> =>
    ((await place.muster('clients', 'list', '--state', 'pending', '--json')).json as { items: Request[] })
      .items;
  const waiting = async (state: string): Promise<Request> => {
    assert.equal((await join(state, '--timeout', '0')).code, 3);
    const [request] = await pending();
    assert.ok(request);
    return request;
  };

  it('takes the request back; it cannot be approved any more, and the audit log says who took it', async () => {
    const { enrollmentId, fingerprint } = await waiting('d1');
    const left = await leave('d1');
    assert.equal(left.code, 0, left.stderr);
    assert.deepEqual(left.json, {
      clientId: null,
      removed: false,
      requests: [{ wfm: place.wfm.deviceUrl, takenBack: true }],
    });
    assert.deepEqual(await pending(), []);
    for (const id of [enrollmentId, fingerprint]) {
      const approved = await place.muster('clients', 'approve', id);
      assert.equal(approved.code, 3);
      assert.match(approved.stderr, /no request/);
    }
    const { items } = (await place.muster('audit', 'list', '--json')).json as {
      items: { action: string; actor: string; subject: string }[];
    };
    const [taken] = items.filter((e) => e.action === 'enrollment.withdrawn');
    assert.deepEqual([taken?.actor, taken?.subject], ['device', enrollmentId]);
    assert.equal(
      (await place.muster('device', 'status', '--state', 'd1', '--json')).json['state'],
      'unbound',
    );
    const again = await leave('d1');
    assert.equal(again.code, 1);
    assert.match(again.stderr, /has not joined/);
  });

  it('is told when it was let in meanwhile, keeps what it has, and can come in and leave as ever', async () => {
    const { enrollmentId } = await waiting('d1');
    assert.equal((await place.muster('clients', 'approve', enrollmentId)).code, 0);
    const late = await leave('d1');
    assert.equal(late.code, 3);
    assert.match(late.stderr, /has let this device in meanwhile/);
    const joined = await join('d1');
    assert.equal(joined.code, 0, joined.stderr);
    assert.deepEqual((await leave('d1')).json, {
      clientId: joined.json['clientId'],
      removed: true,
      requests: [],
    });
  });

  it('does not lift a rejection', async () => {
    const { enrollmentId } = await waiting('d2');
    await place.muster('clients', 'reject', enrollmentId);
    assert.equal((await leave('d2')).code, 0);
    const back = await join('d2');
    assert.equal(back.code, 3);
    assert.match(back.stderr, /does not let this device in/);
  });

  it('takes back what a move to another WFM has left there, too', async () => {
    const open = await startPlace({ admission: 'open' });
    try {
      const { clientId } = (
        await place.muster('device', 'join', open.wfm.joinString, '--state', 'd3', '--json')
      ).json;
      const move = ['device', 'rebind', place.wfm.joinString, '--state', 'd3', '--timeout', '0'];
      assert.equal((await place.muster(...move)).code, 3);
      assert.equal((await pending()).length, 1);
      assert.deepEqual((await leave('d3')).json, {
        clientId,
        removed: true,
        requests: [{ wfm: place.wfm.deviceUrl, takenBack: true }],
      });
      assert.deepEqual(await pending(), []);
    } finally {
      await open.stop();
    }
  });
});
