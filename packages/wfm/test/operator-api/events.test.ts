/** Server-sent events: in order, resumed, filtered; a real stream over TLS. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { readEvents, type Seen } from '../support/events.ts';
import { onboard, type Rig, startRig, testClient } from '../support/wfm.ts';

describe('events', () => {
  let rig: Rig;
  before(async () => {
    rig = await startRig({ admission: 'open' });
  });
  after(() => rig.stop());

  const read = (
    count: number,
    path: string,
    headers: Record<string, string>,
    then: () => Promise<unknown>,
  ): Promise<Seen[]> => readEvents(rig, count, path, headers, then);
  const admit = async (): Promise<unknown> => onboard(rig, await testClient());

  it('tell what happens from now on', async () => {
    await admit();
    const seen = await read(2, '', {}, async () => {
      await admit();
      await admit();
    });
    assert.deepEqual(
      seen.map((s) => s.event),
      ['client.admitted', 'client.admitted'],
    );
    assert.equal((seen[1]?.id ?? 0) - (seen[0]?.id ?? 0), 1);
  });

  it('are resumed after the last one that was seen, without a gap or a repeat', async () => {
    const all = await read(4, '?after=0', {}, async () => undefined);
    const rest = await read(2, '', { 'last-event-id': String(all[1]?.id) }, async () => undefined);
    assert.deepEqual(
      rest.map((s) => s.id),
      all.slice(2, 4).map((s) => s.id),
    );
  });

  it('are filtered by the beginning of their names', async () => {
    const seen = await read(1, '?types=token.&after=0', {}, () =>
      rig.operator('POST', '/tokens', { name: 'n', role: 'viewer' }),
    );
    assert.equal(seen[0]?.event, 'token.created');
  });

  it('do not keep the listener from closing', async () => {
    const other = await startRig();
    const own = (await readFile(other.wfm.operatorTokenFile, 'utf8')).trim();
    const ended = new Promise((resolve) => {
      const outgoing = request(
        new URL(`${other.wfm.operatorUrl}/operator/v1/events`),
        { ca: other.ca, headers: { authorization: `Bearer ${own}` } },
        (answer) => {
          answer.resume();
          answer.once('close', resolve);
          void other.stop();
        },
      );
      outgoing.on('error', () => undefined);
      outgoing.end();
    });
    await ended;
  });
});
