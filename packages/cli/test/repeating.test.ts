/** Commands that are run twice, and lists in an order of one's choice. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Place, startPlace } from './support.ts';

describe('commands of operators', () => {
  let place: Place;
  before(async () => {
    place = await startPlace();
  });
  after(() => place.stop());

  it('take a ticket back as often as they are run, and none that never was', async () => {
    const made = await place.muster('clients', 'ticket', '--json');
    const id = String(made.json['ticketId']);
    const open = await place.muster('tickets', 'list', '--state', 'open', '--json');
    assert.equal((open.json['items'] as Array<{ ticketId: string }>)[0]?.ticketId, id);
    for (let i = 0; i < 2; i++) assert.equal((await place.muster('tickets', 'revoke', id)).code, 0);
    const none = await place.muster('tickets', 'revoke', '0'.repeat(16));
    assert.deepEqual([none.code, /muster tickets list/.test(none.stderr)], [3, true]);
  });

  it('list in an order of one’s choice, and name the orders when there is no such one', async () => {
    assert.equal((await place.muster('clients', 'list', '--sort', '-lastSeenAt', '--json')).code, 0);
    const wrong = await place.muster('clients', 'list', '--sort', 'colour');
    assert.deepEqual([wrong.code, /notAfter/.test(wrong.stderr)], [2, true]);
    const newest = await place.muster('audit', 'list', '--newest', '--limit', '1', '--json');
    const [entry] = newest.json['items'] as Array<{ seq: number }>;
    const { entries } = (await place.muster('audit', 'verify', '--json')).json as { entries: number };
    assert.equal(entry?.seq, entries);
  });
});
