/** `muster place` without a server: the examples answer, and a wrong file says where. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const directory = mkdtempSync(join(tmpdir(), 'muster-place-'));
after(() => rmSync(directory, { recursive: true, force: true }));

function place(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [`${root}packages/cli/src/main.ts`, 'place', ...args], {
    encoding: 'utf8',
    cwd: root,
  });
}

describe('muster place', () => {
  it('answers on the fleet of the examples, with the waste that the documentation works out', () => {
    const { status, stdout } = place(
      'examples/applications/visual-check.yaml',
      '--fleet',
      'examples/fleet',
      '--json',
    );
    assert.equal(status, 0);
    const answer = JSON.parse(stdout) as {
      candidates: { deviceId: string; waste: number; profile: string }[];
      notFitting: { deviceId: string }[];
    };
    assert.deepEqual(
      answer.candidates.map((c) => [c.deviceId, c.profile, c.waste]),
      [
        ['press-4', 'on-one-machine', 1677],
        ['vision-2', 'on-one-machine', 1921],
        ['vision-1', 'on-a-cluster', 2126],
      ],
    );
    assert.deepEqual(
      answer.notFitting.map((d) => d.deviceId),
      ['press-5', 'panel-9'],
    );
  });

  it('names every fault of a file with its line, and ends with 2', () => {
    const file = join(directory, 'wrong.yaml');
    writeFileSync(file, 'type: x\nrequiredResources:\n  memory: 4\n');
    const { status, stderr } = place(file, '--check');
    assert.equal(status, 2);
    assert.match(stderr, /wrong\.yaml:1:1: type must be one of/);
    assert.match(stderr, /wrong\.yaml:3:3: requiredResources\.memory must be digits/);
    assert.equal(place(join(directory, 'none.yaml')).status, 2);
  });
});
