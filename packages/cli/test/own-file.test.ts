/** What a command is given to read may be any path: what is larger than it can be is refused by name, and soon. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Place, startPlace } from './support.ts';

describe('a file without an end', () => {
  let place: Place;
  before(async () => {
    place = await startPlace();
  });
  after(() => place.stop());

  const zero = '/dev/zero';
  const commands = [
    ['place', zero],
    ['rules', 'set', zero],
    ['device-ca', 'add', zero, '--name', 'a'],
    ['device-ca', 'crl', 'a', zero],
    ['webhooks', 'add', 'a', 'https://127.0.0.1:1/', '--ca', zero],
    ['requirements', 'add', 'a', zero],
    ['preauthorize', zero],
    ['clients', 'import', zero],
    ['device', 'join', `@${zero}`],
    ['device', 'join', '--qr', zero],
    ['device', 'join', 'https://127.0.0.1:1/', '--ca-file', zero],
    ['device', 'join', '--trust-pack', zero],
  ];
  for (const words of commands)
    it(`is refused by muster ${words.join(' ')}`, { timeout: 20_000 }, async () => {
      const ran = await place.muster(...words, '--json');
      assert.equal(ran.code, 2, ran.stdout + ran.stderr);
      const { error } = ran.json as { error: { message: string; nextStep: string } };
      assert.ok(error.message.length > 10 && error.nextStep.length > 5, JSON.stringify(error));
    });
});
