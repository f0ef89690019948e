/** Secrets typed at a real terminal: asked for where nothing else gives them, never shown, never put on a file. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join as at } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { noSofthsm, pin, startSofthsm } from '../../pki/test/support/tokens.ts';
import { type Place, program, startPlace } from './support.ts';

const probe = spawnSync('script', ['--version'], { encoding: 'utf8' });
const isThere = probe.status === 0 && probe.stdout.includes('util-linux');
const skip = isThere ? false : 'script (util-linux), which makes a terminal, is not installed here';
const secret = 'kette und schuss';

interface Typed {
  readonly code: number | null;
  /** Everything that the terminal showed. */
  readonly shown: string;
}

describe('a secret at a terminal', { skip }, () => {
  let place: Place;
  before(async () => {
    place = await startPlace({ admission: 'open' });
  });
  after(() => place.stop());

  /** Runs a command in a terminal; types each answer when its question is shown. */
  async function atTerminal(answers: ReadonlyArray<[RegExp, string]>, ...args: string[]): Promise<Typed> {
    const quoted = [process.execPath, ...program, ...args]
      .map((a) => `'${a.replaceAll("'", `'\\''`)}'`)
      .join(' ');
    const child: ChildProcess = spawn('script', ['--quiet', '--return', '--command', quoted, '/dev/null'], {
      cwd: place.root,
      env: { ...process.env, SHELL: '/bin/sh', MUSTER_JOIN_STRING: '' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let shown = '';
    let read = 0;
    const left = [...answers];
    child.stdout?.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
      const [question, answer] = left[0] ?? [];
      const found = question?.exec(shown.slice(read));
      if (answer === undefined || found === null || found === undefined) return;
      left.shift();
      read += found.index + found[0].length;
      child.stdin?.write(answer);
    });
    const [code] = (await once(child, 'close')) as [number | null];
    assert.deepEqual(left, [], `not asked: ${shown}`);
    return { code, shown };
  }
  const state = (name: string): string => at(place.root, name);
  const join = (name: string, ...more: string[]): string[] => [
    'device',
    'join',
    place.wfm.joinString,
    '--state',
    name,
    ...more,
  ];

  it('makes an encrypted key, opens it again, and opens nothing when it is wrong or not given', async () => {
    const twice: Array<[RegExp, string]> = [
      [/A new passphrase of the key file: /, `${secret}\r`],
      [/The same again: /, 'something else\r'],
      [/They differ.*A new passphrase of the key file: /s, `${secret}\r`],
      [/The same again: /, `${secret}\r`],
    ];
    const joined = await atTerminal(twice, ...join('d1', '--ask-passphrase'));
    assert.equal(joined.code, 0, joined.shown);
    assert.match(joined.shown, /software-encrypted/);
    assert.match(await readFile(at(state('d1'), 'key.pem'), 'utf8'), /ENCRYPTED PRIVATE KEY/);
    const report = ['device', 'report', '--state', 'd1', '--json'];
    const right = await atTerminal([[/The passphrase of the key file: /, `${secret}\r`]], ...report);
    assert.equal(right.code, 0, right.shown);
    for (const { shown } of [joined, right]) assert.ok(!shown.includes(secret), shown);
    for (const answer of ['wrong\r', '\u0003', '\u0004']) {
      const refused = await atTerminal([[/key file: /, answer]], ...report);
      assert.equal(refused.code, 1, refused.shown);
      assert.match(refused.shown, /cannot be opened|is encrypted/);
      assert.match(refused.shown, /MUSTER_KEY_PASSPHRASE_FILE/);
    }
    for (const file of await readdir(state('d1'), { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const text = await readFile(at(file.parentPath, file.name), 'utf8');
      assert.ok(!text.includes(secret), file.name);
    }
  });

  it('protects the next key as the present one', async () => {
    const asked: Array<[RegExp, string]> = [[/The passphrase of the key file: /, `${secret}\r`]];
    const rotated = await atTerminal(asked, 'device', 'rotate', '--state', 'd1');
    assert.equal(rotated.code, 0, rotated.shown);
    assert.match(await readFile(at(state('d1'), 'key.pem'), 'utf8'), /ENCRYPTED PRIVATE KEY/);
    assert.equal((await atTerminal(asked, 'device', 'report', '--state', 'd1')).code, 0);
  });

  it('is not asked for where nothing needs it, and not where nobody is', async () => {
    const plain = await atTerminal([], ...join('d2'));
    assert.equal(plain.code, 0, plain.shown);
    const nobody = await place.muster(...join('d3', '--ask-passphrase'));
    assert.equal(nobody.code, 2);
    assert.match(nobody.stderr, /no terminal/);
    const piped = await place.muster('device', 'report', '--state', 'd1');
    assert.equal(piped.code, 1);
    assert.match(piped.stderr, /is encrypted/);
  });

  it('is the PIN of a token, too', { skip: noSofthsm }, async () => {
    const hsm = await startSofthsm();
    try {
      const key = hsm.uri('typed', '');
      const joined = await atTerminal([[/The PIN of the token: /, `${pin}\r`]], ...join('d4', '--key', key));
      assert.equal(joined.code, 0, joined.shown);
      assert.match(joined.shown, /pkcs11, SoftHSM project SoftHSM v2/, 'who has made the token');
      assert.ok(!joined.shown.includes(pin), joined.shown);
      const wrong = await atTerminal(
        [[/The PIN of the token: /, '99999\r']],
        'device',
        'report',
        '--state',
        'd4',
      );
      assert.equal(wrong.code, 1, wrong.shown);
      assert.match(wrong.shown, /does not take the PIN/);
    } finally {
      await hsm.close();
      await rm(state('d4'), { recursive: true });
    }
  });
});
