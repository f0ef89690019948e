/** Join strings as pictures: from a real WFM into a real PNG and back into a real join; anything else is refused. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startWfm, type Wfm } from '@muster/wfm';
import { PNG } from 'pngjs';
import { qrPicture, readQrPicture, terminalQr } from '../src/qr.ts';

const main = new URL('../src/main.ts', import.meta.url).pathname;

describe('a join string as a QR code', () => {
  let root: string;
  let wfm: Wfm;
  let picture: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'muster-qr-'));
    wfm = await startWfm({
      data: join(root, 'wfm'),
      deviceListen: '127.0.0.1:0',
      operatorListen: '127.0.0.1:0',
      admission: 'open',
      logLevel: 'silent',
    });
    await writeFile(join(root, 'wfm', 'operator-url'), wfm.operatorUrl);
    picture = join(root, 'join.png');
  });
  after(async () => {
    await wfm.close();
    await rm(root, { recursive: true, force: true });
  });

  function muster(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const env = { ...process.env, MUSTER_JOIN_STRING: '', MUSTER_DATA: join(root, 'wfm') };
    return new Promise((resolve) =>
      execFile(process.execPath, [main, ...args], { env, cwd: root }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
      ),
    );
  }

  it('goes into a PNG and comes back; a device joins by the picture', async () => {
    const written = await muster('wfm', 'join-string', '--qr', '--qr-file', picture);
    assert.equal(written.code, 0, written.stderr);
    assert.equal(written.stdout.trimEnd().split('\n').at(-1), wfm.joinString);
    assert.ok(written.stdout.includes(await terminalQr(wfm.joinString)));
    assert.equal(await readQrPicture(picture), wfm.joinString);
    const joined = await muster('device', 'join', '--qr', picture, '--state', 'device', '--json');
    assert.equal(joined.code, 0, joined.stderr);
    assert.match(joined.stdout, /"event":"joined"/);
    assert.match(await readFile(await svg(), 'utf8'), /^<svg/);
  });

  async function svg(): Promise<string> {
    const file = join(root, 'join.svg');
    assert.equal((await muster('wfm', 'join-string', '--qr-file', file)).code, 0);
    return file;
  }

  it('survives a smudge, as a photograph has', async () => {
    const png = PNG.sync.read(await readFile(picture));
    const side = Math.floor(png.width / 25);
    const middle = Math.floor(png.width / 2);
    for (let y = middle; y < middle + side; y++)
      png.data.fill(0, (y * png.width + middle) * 4, (y * png.width + middle + side) * 4);
    await writeFile(join(root, 'smudged.png'), PNG.sync.write(png));
    assert.equal(await readQrPicture(join(root, 'smudged.png')), wfm.joinString);
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
      ['text', Buffer.from(wfm.joinString), /no PNG picture/],
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
      const { code, stderr } = await muster('device', 'join', '--qr', file, '--state', `none-${what}`);
      assert.equal(code, 2, `${what}: ${stderr}`);
      assert.match(stderr, says, what);
      assert.ok(!stderr.includes('\u001b[2J'), what);
    }
    for (const args of [
      ['--qr', join(root, 'absent.png')],
      [wfm.joinString, '--qr', picture],
    ])
      assert.equal((await muster('device', 'join', ...args, '--state', 'none')).code, 2);
    assert.equal((await muster('wfm', 'join-string', '--qr-file', 'x.gif')).code, 2);
  });
});
