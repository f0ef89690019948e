/** `muster conform` as a process: what it prints, and how it ends. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { answer, startBent } from '../../conformance/test/support/bent.ts';
import { type Place, program, run, startPlace } from './support.ts';

interface Line {
  readonly event: string;
  readonly id?: string;
  readonly level?: string;
  readonly result?: string;
  readonly seen?: string;
  readonly fingerprint?: string;
}

const linesOf = (stdout: string): Line[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('muster conform wfm', () => {
  let place: Place;
  before(async () => {
    place = await startPlace({ admission: 'open' });
  });
  after(() => place.stop());

  it('tells each check of a conformant WFM as it ends, then the sum, and ends with 0', async () => {
    const ran = await place.muster('conform', 'wfm', place.wfm.joinString, '--json');
    assert.equal(ran.code, 0, ran.stderr);
    const lines = linesOf(ran.stdout);
    assert.ok(lines.slice(0, -1).every((line) => line.event === 'outcome' && line.result !== 'fail'));
    assert.ok(lines.length > 60);
    assert.deepEqual([ran.json['event'], ran.json['conformant']], ['summary', true]);
  });

  it('says the same to people', async () => {
    const ran = await place.muster(
      'conform',
      'wfm',
      place.wfm.deviceUrl,
      '--ca-file',
      place.wfm.operatorCaFile,
    );
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /^✓ tls\.chain +The server's chain/m);
    assert.match(ran.stdout, /^Conformant.*: \d+ passed, 0 failed/m);
  });

  it('ends with 4 where the pin is of another CA, and looks at nothing more', async () => {
    const pin = `sha256:${'0'.repeat(64)}`;
    const ran = await place.muster('conform', 'wfm', place.wfm.deviceUrl, '--ca-pin', pin, '--json');
    assert.equal(ran.code, 4, ran.stdout);
    const failures = linesOf(ran.stdout).filter((line) => line.result === 'fail');
    assert.deepEqual(
      failures.map((line) => line.id),
      ['tls.chain'],
    );
    assert.match(failures[0]?.seen ?? '', /offers sha256:/);
    assert.ok(
      linesOf(ran.stdout).some((line) => line.id === 'certificate.readable' && line.result === 'skipped'),
    );
    assert.deepEqual([ran.json['conformant'], ran.json['ended']], [false, 'untrusted']);
  });

  it('goes by the CAs of this system where none is given', async () => {
    const args = ['conform', 'wfm', place.wfm.deviceUrl, '--json'];
    const stranger = await run(place.root, {}, ...args);
    assert.equal(stranger.code, 4, stranger.stdout);
    const known = await run(place.root, { NODE_EXTRA_CA_CERTS: place.wfm.operatorCaFile }, ...args);
    assert.equal(known.code, 0, known.stdout);
  });

  it('ends with 5 where nothing answers', async () => {
    const ran = await place.muster('conform', 'wfm', 'https://127.0.0.1:1', '--json');
    assert.equal(ran.code, 5, ran.stdout);
    assert.equal(ran.json['ended'], 'unreachable');
    assert.match(linesOf(ran.stdout)[0]?.seen ?? '', /ECONNREFUSED/);
  });

  it('goes by the clock of the WFM where that of this machine is wrong', async () => {
    for (const seconds of [7_200, -7_200]) {
      const shift = `const now = Date.now; Date.now = () => now() + ${seconds * 1000};`;
      const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}` };
      const ran = await run(place.root, env, 'conform', 'wfm', place.wfm.joinString, '--json');
      assert.equal(ran.code, 0, ran.stdout);
      const asked = linesOf(ran.stdout).find((line) => line.id === 'certificate.unsigned-get');
      assert.match(asked?.seen ?? '', seconds > 0 ? /differs by -7[12]\d\d s/ : /differs by 7[12]\d\d s/);
    }
  });

  it('ends with 1 for a WFM that breaks a rule, and says what to do', async () => {
    const bent = await startBent(place.wfm, (came) =>
      came.path.endsWith('/onboarding/certificate') ? answer(404) : undefined,
    );
    try {
      const ran = await place.muster('conform', 'wfm', bent.url, '--ca-file', place.wfm.operatorCaFile);
      assert.equal(ran.code, 1, ran.stderr);
      assert.match(
        ran.stdout,
        /^✗ certificate\.unsigned-get .*\n +seen: +404 .*\n +expected: .*\n +next: +Serve GET/m,
      );
      assert.match(ran.stdout, /^Not conformant.*: \d+ passed, 1 failed/m);
    } finally {
      bent.close();
    }
  });

  it('says who waits where an operator decides, and goes on when both were let in', async () => {
    const held = await startPlace({ admission: 'hold' });
    try {
      const args = [...program, 'conform', 'wfm', held.wfm.joinString, '--json', '--wait', '60'];
      const child = spawn(process.execPath, args, { cwd: held.root, stdio: ['ignore', 'pipe', 'inherit'] });
      const lines: Line[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        const said = JSON.parse(line) as Line;
        lines.push(said);
        if (said.event !== 'pending') continue;
        const approved = await held.muster('clients', 'approve', (said.fingerprint ?? '').slice(7));
        assert.equal(approved.code, 0, approved.stderr);
      }
      assert.equal(lines.filter((line) => line.event === 'pending').length, 2);
      assert.ok(!lines.some((line) => line.result === 'fail'));
      assert.ok(lines.some((line) => line.id === 'signed.still-accepted' && line.result === 'pass'));
      assert.equal(lines.at(-1)?.event, 'summary');
    } finally {
      await held.stop();
    }
  });

  it('ends with 2 for what is no target, and two anchors', async () => {
    const pin = `sha256:${'0'.repeat(64)}`;
    for (const args of [
      ['http://127.0.0.1'],
      ['muster1.x'],
      ['https://127.0.0.1', '--ca-pin', 'short'],
      ['https://127.0.0.1', '--ca-file', '/nowhere'],
      ['https://127.0.0.1', '--ca-file', place.wfm.operatorCaFile, '--ca-pin', pin],
      ['https://127.0.0.1', '--wait', 'long'],
    ]) {
      const ran = await place.muster('conform', 'wfm', ...args, '--json');
      assert.equal(ran.code, 2, `${args.join(' ')}: ${ran.stdout}`);
      assert.equal((ran.json['error'] as { code: string }).code, 'usage');
    }
  });
});
