/** `npm start`, as its last step runs it: this machine joins, reports itself, and is asked to host an application. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), 'muster-start-'));
after(() => rmSync(directory, { recursive: true, force: true }));

describe('muster start', () => {
  it('ends with one placement answered for this machine', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [`${root}packages/cli/src/main.ts`, 'start', '--once', '--json'],
      { encoding: 'utf8', cwd: directory },
    );
    assert.equal(status, 0, stderr);
    type Event = { event: string; clientId?: string; devices?: number } & Record<
      'candidates' | 'notFitting',
      { clientId: string }[]
    >;
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
    const placed = events.at(-1);
    assert.ok(placed);
    assert.deepEqual([placed.event, placed.devices], ['placed', 1]);
    const judged = [...placed.candidates, ...placed.notFitting];
    assert.equal(judged[0]?.clientId, events.find((e) => e.event === 'joined')?.clientId);
  });
});
