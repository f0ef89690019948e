/** `muster requirements`, as a process beside a real WFM. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { startPlace } from './support.ts';

const place = await startPlace({ admission: 'open' });
after(() => place.stop());
const { muster } = place;
const file = join(place.root, 'needs.yaml');

describe('muster requirements', () => {
  it('adds, lists, shows and removes', async () => {
    await writeFile(file, 'requiredResources: {memory: 1Ki}\n');
    const joined = await muster('device', 'join', place.wfm.joinString, '--state', 'd1', '--json');
    assert.equal(joined.code, 0, joined.stderr);
    const added = await muster('requirements', 'add', 'little', file, '--selector', '/memory>1Ki', '--json');
    assert.deepEqual([added.code, added.json['name'], added.json['selector']], [0, 'little', '/memory>1Ki']);
    const listed = (await muster('requirements', 'list', '--json')).json['items'] as { name: string }[];
    assert.deepEqual(
      listed.map((r) => r.name),
      ['little'],
    );
    const shown = (await muster('requirements', 'show', 'little', '--json')).json;
    assert.deepEqual([shown['devices'], shown['fitting']], [1, 1]);
    assert.match((await muster('requirements', 'show', 'little')).stderr, /1 of 1 devices can host it/);
    assert.equal((await muster('devices', 'alerts', '--json')).code, 0);
    assert.equal((await muster('requirements', 'remove', 'little', '--json')).json['removed'], 'little');
    assert.equal((await muster('requirements', 'show', 'little')).code, 3);
  });

  it('names every fault of a file with its line before anything is sent', async () => {
    await writeFile(file, 'requiredResources: {memory: 1}\n');
    const refused = await muster('requirements', 'add', 'wrong', file);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /needs\.yaml:1:\d+: requiredResources\.memory must be digits/);
  });
});
