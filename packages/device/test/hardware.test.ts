/** What the machine is, is asked once and remembered: the first report of a start does not wait for it. */
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { describe, it } from 'node:test';
import { type Hardware, recallHardware } from '../src/capabilities/hardware.ts';
import { join } from '../src/index.ts';
import { readSealed, writeSealed } from '../src/state/sealed.ts';
import { itemsOf, layGround, runDaemon, until } from './support/ground.ts';

const ground = await layGround('hardware');

interface Kept {
  readonly interfaces: string;
  readonly hardware: Hardware;
}

describe('what is known of the machine', () => {
  it('is reported as it was at the last start, and put right when it is not so any more', async () => {
    const wfm = await ground.serve();
    const stateDirectory = ground.fresh();
    const file = joinPath(stateDirectory, 'hardware.json');
    const { clientId, deviceId } = await join({ stateDirectory, trust: { joinString: wfm.joinString } });
    const revisions = async (): Promise<string[]> =>
      (await itemsOf<{ document: string }>(wfm, `/device-revisions/${clientId}/${deviceId}`)).map((r) =>
        Buffer.from(r.document, 'base64').toString(),
      );
    const [real] = await revisions();
    const first = runDaemon(stateDirectory);
    const kept = await until(async () => ((await readSealed(file, 'hardware')) as Kept | null) ?? false);
    await first.stop();
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await revisions()).length, 1, 'the same report is no revision');

    const hardware = { ...kept.hardware, vendor: 'Yesterday' };
    await writeSealed(file, 'hardware', { ...kept, hardware });
    const second = runDaemon(stateDirectory);
    await until(async () => (await revisions()).length === 3);
    await second.stop();
    const [now, then] = await revisions();
    assert.match(then ?? '', /Yesterday/);
    assert.equal(now, real);
    assert.deepEqual(await readSealed(file, 'hardware'), kept);
  });

  it('is not recalled from a damaged file, nor for other network interfaces', async () => {
    const stateDirectory = ground.fresh();
    const file = joinPath(stateDirectory, 'hardware.json');
    assert.equal(await recallHardware(stateDirectory), false);
    const hardware = { vendor: 'Other', model: '', serial: '', cores: 1, networks: [], graphics: [] };
    await writeSealed(file, 'hardware', { interfaces: 'eth77', hardware });
    assert.equal(await recallHardware(stateDirectory), false);
    await writeFile(file, (await readFile(file, 'utf8')).replace('Other', 'Otter'));
    assert.equal(await recallHardware(stateDirectory), false);
  });
});
