/** `muster device-ca add`, as a process beside a real WFM: the group and its rule, or neither. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { makeDeviceCa } from '../../wfm/test/support/openssl.ts';
import { startPlace } from './support.ts';

const place = await startPlace();
const ca = makeDeviceCa();
after(async () => {
  ca.remove();
  await place.stop();
});
const { muster } = place;
await writeFile(join(place.root, 'ca.pem'), ca.pem);
const groups = async (): Promise<unknown[]> =>
  ((await muster('device-ca', 'list', '--json')).json['items'] as { name: string }[]).map((one) => one.name);

it('a group whose rule is refused is not left behind, and one that was there before is', async () => {
  const add = ['device-ca', 'add', 'ca.pem', '--name', 'maker'];
  const wrong: readonly (readonly string[])[] = [
    ['--label', 'bad key=1'],
    ['--from', '1'],
    ['--until', '2027-01-31T08:00:00'],
    ['--serial', 'xyz'],
  ];
  for (const flags of wrong) {
    const { code, stderr } = await muster(...add, ...flags);
    assert.deepEqual([code, await groups()], [3, []], stderr);
  }
  assert.equal((await muster(...add, '--from', '2027-01-31', '--label', 'site=north')).code, 0);
  assert.equal((await muster(...add, '--serial', 'xyz')).code, 3);
  assert.deepEqual(await groups(), ['maker']);
});

it('says which of two groups with one root decides', async () => {
  const { code, stderr } = await muster('device-ca', 'add', 'ca.pem', '--name', 'one root');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /warning: maker has one of these roots, too, and comes first/);
  const { items } = (await muster('device-ca', 'list', '--json')).json as {
    items: { name: string; shadowedBy: string[] }[];
  };
  assert.deepEqual(
    items.map((one) => [one.name, one.shadowedBy]),
    [
      ['maker', []],
      ['one root', ['maker']],
    ],
  );
  assert.equal((await muster('device-ca', 'remove', 'one root')).code, 0);
});

it('what cannot be used is named in the refusal itself: the address of a webhook, the labels of a ticket', async () => {
  const webhook = await muster('webhooks', 'add', 'h', 'http://example.org/');
  assert.match(webhook.stderr, /cannot be added: url must be https/);
  const ticket = await muster('clients', 'ticket', '--label', 'bad key=1');
  assert.deepEqual([webhook.code, ticket.code], [3, 3]);
  assert.match(ticket.stderr, /The labels cannot be used: "bad key": a key has 1 to 128/);
});

it('a rule file that is no YAML is told in one line', async () => {
  await writeFile(join(place.root, 'rules.yaml'), '{"rules":');
  const { code, stderr } = await muster('rules', 'set', 'rules.yaml');
  assert.equal(code, 2);
  assert.match(stderr, /rules\.yaml cannot be read: .* at line 1, column \d+/);
  assert.doesNotMatch(stderr, /u000a/);
});
