/**
 * Lists as they come by accident: a gigabyte, without end, of something else, in another encoding. Each gets a report, memory
 * stays bounded, and nothing of it is added. How large the list is that is read to its end is MUSTER_HUGE_BYTES.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join as at } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Place, program, type Ran, run, startPlace } from './support.ts';

const gigabyte = 1_073_741_824;
/** Node.js with the command and 20,000 entries takes 120 MB; a list that were kept in memory would take more than this. */
const mostMemory = 180 * 1024 * 1024;
const tellMemory =
  "data:text/javascript,process.on('exit',()=>process.stderr.write(`maxRSS ${process.resourceUsage().maxRSS}\\n`))";

const line = (i: number): string =>
  `${createHash('sha256').update(`${i}`).digest('hex')},certificate,"no. ${i}"\n`;
const lines = (count: number): string => Array.from({ length: count }, (_, i) => line(i)).join('');

describe('a list that is none', () => {
  let place: Place;
  before(async () => {
    place = await startPlace();
  });
  after(() => place.stop());

  /** Pre-authorises a file, which goes after it. */
  async function preauthorize(name: string, ...flags: string[]): Promise<Ran> {
    const env = { MUSTER_DATA: at(place.root, 'wfm'), NODE_OPTIONS: `--import "${tellMemory}"` };
    const ran = await run(place.root, env, 'preauthorize', name, '--json', ...flags);
    await rm(at(place.root, name));
    const kilobytes = Number(/maxRSS (\d+)/.exec(ran.stderr)?.[1]);
    assert.ok(kilobytes * 1024 < mostMemory, `${name} took ${kilobytes} kB`);
    return ran;
  }
  /** A file that begins with this and is a gigabyte by what the file system says. */
  async function huge(name: string, head: string): Promise<void> {
    await writeFile(at(place.root, name), head);
    const handle = await open(at(place.root, name), 'r+');
    await handle.truncate(gigabyte);
    await handle.close();
  }
  async function assertNothingAdded(): Promise<void> {
    const added = await place.muster('audit', 'list', '--json');
    assert.doesNotMatch(added.stdout, /preauthorization\.added/);
  }

  it('has too many entries: refused before anything is sent, with the bound and what to do', async () => {
    await huge('many.csv', lines(25_000));
    const { code, stderr } = await preauthorize('many.csv');
    assert.equal(code, 2);
    assert.match(
      stderr,
      /more than 20000 entries.*nothing was added.*after line 20001 of many\.csv.*--in-parts/s,
    );
    await assertNothingAdded();
  });

  it('is a gigabyte of something else: the first faults by their line, the rest is not read', async () => {
    await huge('else.csv', `${line(0)}${'not a fingerprint\n'.repeat(12_000)}`);
    const { code, stderr, stdout } = await preauthorize('else.csv');
    assert.equal(code, 2);
    assert.match(stderr, /else\.csv, line 2: is no SHA-256.*and 9951 more.*10001 entries.*after line 10002/s);
    const report = JSON.parse(stdout.split('\n')[0] ?? '') as { bad: { line: number }[]; good: number };
    assert.deepEqual([report.bad.length, report.bad[0]?.line, report.good], [10_001, 2, 1]);
    await assertNothingAdded();
  });

  it('is a folder, or a file without a certificate: wrong usage, told by its name', async () => {
    await writeFile(at(place.root, 'noise'), Buffer.from([0x30, 0x82, 0, 1, 2]));
    for (const args of [
      ['preauthorize', '.'],
      ['device-ca', 'add', '.', '--name', 'x'],
      ['device-ca', 'add', 'noise', '--name', 'x'],
    ]) {
      const { code, stderr } = await place.muster(...args);
      assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, /noise|The file \. cannot be read/);
      assert.match(stderr, /next: /);
    }
    await assertNothingAdded();
  });

  it('is a certificate without an end, in one line: the reading ends', async () => {
    await huge('endless.pem', `-----BEGIN CERTIFICATE-----\n${'MIIB'.repeat(20_000)}`);
    const { code, stderr } = await preauthorize('endless.pem');
    assert.equal(code, 2);
    assert.match(stderr, /line 2: the line is longer than 65536 characters/);
    await huge('endless.csv', `"${'a'.repeat(80_000)}`);
    const quoted = await preauthorize('endless.csv');
    assert.equal(quoted.code, 2);
    assert.match(quoted.stderr, /1 entries cannot be used/);
    await assertNothingAdded();
  });

  it('is in another encoding, has control characters, or a CA in its bundle: told by the line', async () => {
    await writeFile(
      at(place.root, 'latin.csv'),
      Buffer.from(`${line(0)}${line(1).replace('no.', 'für')}${line(2).replace('no.', '\u0000')}`, 'latin1'),
    );
    const { code, stderr } = await preauthorize('latin.csv');
    assert.equal(code, 2);
    assert.match(stderr, /is not text in UTF-8/);
    await writeFile(
      at(place.root, 'latin.csv'),
      Buffer.from(`${line(0)}${line(1).replace('no.', 'für')}${line(2).replace('no.', '\u0007')}`, 'latin1'),
    );
    const report = await preauthorize('latin.csv');
    assert.equal(report.code, 2);
    assert.match(report.stderr, /line 2: is not in UTF-8[^]*line 3: has a control character/);
    const ca = await readFile(at(place.root, 'wfm', 'operator-ca.pem'), 'utf8');
    await writeFile(at(place.root, 'ca.pem'), `# who\n${ca}`);
    const refused = await preauthorize('ca.pem');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /ca\.pem, line 2: A CA certificate cannot stand for a device/);
    await assertNothingAdded();
  });

  it('says the same over and over: read to its end, however long, and taken once', async () => {
    const bytes = Number(process.env['MUSTER_HUGE_BYTES'] ?? 8 * 1024 * 1024);
    const block = lines(1_000);
    const times = Math.ceil(bytes / block.length);
    const out = createWriteStream(at(place.root, 'same.csv'));
    for (let i = 0; i < times; i++) if (!out.write(block)) await once(out, 'drain');
    out.end();
    await once(out, 'close');
    const { code, json, stderr } = await preauthorize('same.csv');
    assert.equal(code, 0, stderr);
    assert.equal(Number(json['added']) + Number(json['existing']), 1_000);
    assert.equal(json['twice'], (times - 1) * 1_000);
  });
});

describe('a list of 41,000, in parts', () => {
  let place: Place;
  before(async () => {
    place = await startPlace();
  });
  after(() => place.stop());

  it('is checked whole before anything is sent', async () => {
    await writeFile(at(place.root, 'long.csv'), `${lines(41_000)}not a fingerprint\n`);
    const wrong = await place.muster('preauthorize', 'long.csv', '--in-parts', '--json');
    assert.equal(wrong.code, 2);
    assert.match(
      wrong.stderr,
      /long\.csv, line 41001: is no SHA-256.*1 entries cannot be used; nothing was added/s,
    );
    assert.doesNotMatch((await place.muster('audit', 'list', '--json')).stdout, /preauthorization\.added/);
  });

  it('is cut off in the middle: what is in is told, and the same command goes on from there', async () => {
    await writeFile(at(place.root, 'long.csv'), lines(41_000));
    const env = { ...process.env, MUSTER_DATA: at(place.root, 'wfm') };
    const args = [...program, 'preauthorize', 'long.csv', '--in-parts'];
    const cut = spawn(process.execPath, args, { cwd: place.root, env });
    let said = '';
    cut.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('part 1 of at most 3')) void place.wfm.close();
      said += text;
    });
    const [code] = (await once(cut, 'close')) as [number];
    assert.equal(code, 5, said);
    const parts = Number(/In are (\d) parts, with \d+ entries\. The same command goes on/.exec(said)?.[1]);
    assert.ok(parts === 1 || parts === 2, said);
    const root = place.root;
    place = await startPlace({ data: at(root, 'wfm') });
    const {
      code: ended,
      json,
      stderr,
    } = await place.muster('preauthorize', at(root, 'long.csv'), '--in-parts', '--json');
    assert.equal(ended, 0, stderr);
    // A part whose answer was lost is there, too.
    const there = Number(json['existing']);
    assert.ok(there === parts * 20_000 || there === (parts + 1) * 20_000, `${parts} parts, ${there} entries`);
    assert.deepEqual(json, { added: 41_000 - there, existing: there, twice: 0, parts: 3, dryRun: false });
    await rm(root, { recursive: true, force: true });
  });
});
