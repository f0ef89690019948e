/** The link that opens the console. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Place, startPlace } from './support.ts';

describe('muster console', () => {
  let place: Place;
  before(async () => {
    place = await startPlace();
  });
  after(() => place.stop());

  it('prints a link whose token has the role and the end that were asked for', async () => {
    const before = Date.now();
    const ran = await place.muster('console', '--role', 'viewer', '--hours', '2', '--json');
    assert.equal(ran.code, 0, ran.stderr);
    const { event, url, role, name, expiresAt } = ran.json;
    assert.deepEqual([event, role], ['console', 'viewer']);
    const { origin, pathname, hash } = new URL(String(url));
    assert.equal(`${origin}${pathname}`, `${place.wfm.operatorUrl}/console/`);
    assert.match(hash, /^#token=muster_[\w-]{43}$/);
    assert.ok(Math.abs(Date.parse(String(expiresAt)) - before - 7_200_000) < 60_000, String(expiresAt));
    const listed = await place.muster('tokens', 'list', '--json');
    const tokens = listed.json['items'] as Array<{ name: string; role: string; expiresAt: string }>;
    const made = tokens.find((one) => one.name === name);
    assert.deepEqual([made?.role, made?.expiresAt], ['viewer', expiresAt]);
  });

  it('prints the link alone on stdout, an administrator of half a day when nothing is said', async () => {
    const ran = await place.muster('console');
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /^https:\/\/\S+\/console\/#token=\S+\n$/);
    assert.match(ran.stderr, /\(admin\) until .*\n.*muster tokens revoke console-/);
    assert.ok(!ran.stderr.includes('token='));
  });

  it('refuses a time that is none', async () => {
    for (const hours of ['0', 'x', '9000', '-1'])
      assert.equal((await place.muster('console', `--hours=${hours}`)).code, 2, hours);
  });
});
