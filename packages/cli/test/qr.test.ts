/** Join strings as pictures: from a real WFM into a real PNG and back into a real join; anything else is refused. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PNG } from 'pngjs';
import { qrPicture, readQrPicture, terminalQr } from '../src/qr.ts';
import { type Place, startPlace } from './support.ts';

describe('a join string as a QR code', () => {
  let place: Place;
  let root: string;
  let picture: string;
  before(async () => {
    place = await startPlace({ admission: 'open' });
    root = place.root;
    picture = join(root, 'join.png');
  });
  after(() => place.stop());

  it('goes into a PNG and comes back; a device joins by the picture', async () => {
    const written = await place.muster('wfm', 'join-string', '--qr', '--qr-file', picture);
    assert.equal(written.code, 0, written.stderr);
    assert.equal(written.stdout.trimEnd().split('\n').at(-1), place.wfm.joinString);
    assert.ok(written.stdout.includes(await terminalQr(place.wfm.joinString)));
    assert.equal(await readQrPicture(picture), place.wfm.joinString);
    const joined = await place.muster('device', 'join', '--qr', picture, '--state', 'device', '--json');
    assert.equal(joined.code, 0, joined.stderr);
    assert.match(joined.stdout, /"event":"joined"/);
    assert.match(await readFile(await svg(), 'utf8'), /^<svg/);
  });

  async function svg(): Promise<string> {
    const file = join(root, 'join.svg');
    assert.equal((await place.muster('wfm', 'join-string', '--qr-file', file)).code, 0);
    return file;
  }

  it('survives a smudge, as a photograph has', async () => {
    const png = PNG.sync.read(await readFile(picture));
    const side = Math.floor(png.width / 25);
    const middle = Math.floor(png.width / 2);
    for (let y = middle; y < middle + side; y++)
      png.data.fill(0, (y * png.width + middle) * 4, (y * png.width + middle + side) * 4);
    await writeFile(join(root, 'smudged.png'), PNG.sync.write(png));
    assert.equal(await readQrPicture(join(root, 'smudged.png')), place.wfm.joinString);
  });

  it('refuses what is no picture, damaged, too large, empty, or holds something else', async () => {
    const good = await readFile(picture);
    const huge = Buffer.from(good);
    huge.writeUInt32BE(60_000, 16);
    const interlaced = Buffer.from(good);
    interlaced[28] = 1;
    const blank = new PNG({ width: 200, height: 200 });
    blank.data.fill(255);
    const cases: Array<[string, Buffer, RegExp]> = [
      ['text', Buffer.from(place.wfm.joinString), /no PNG picture/],
      ['nothing', Buffer.alloc(0), /no PNG picture/],
      ['cut', good.subarray(0, Math.floor(good.length / 2)), /is damaged/],
      ['huge', huge, /60000 × \d+ points/],
      ['interlaced', interlaced, /interlaced/],
      ['long', Buffer.concat([good, Buffer.alloc(9 * 1024 * 1024)]), /at most 8388608/],
      ['blank', PNG.sync.write(blank), /no QR code/],
      [
        'other',
        await qrPicture('https://elsewhere.example/\u001b[2J', 'x.png'),
        /holds no join string, but: https/,
      ],
    ];
    for (const [what, bytes, says] of cases) {
      const file = join(root, `${what}.png`);
      await writeFile(file, bytes);
      const { code, stderr } = await place.muster('device', 'join', '--qr', file, '--state', `none-${what}`);
      assert.equal(code, 2, `${what}: ${stderr}`);
      assert.match(stderr, says, what);
      assert.ok(!stderr.includes('\u001b[2J'), what);
    }
    for (const args of [
      ['--qr', join(root, 'absent.png')],
      [place.wfm.joinString, '--qr', picture],
    ])
      assert.equal((await place.muster('device', 'join', ...args, '--state', 'none')).code, 2);
    assert.equal((await place.muster('wfm', 'join-string', '--qr-file', 'x.gif')).code, 2);
  });
});
