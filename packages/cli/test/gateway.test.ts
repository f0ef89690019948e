/** A gateway by the command: a YAML file, and a directory that a running daemon watches. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join as at } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { type Place, program, startPlace } from './support.ts';

const yaml = (serial: string): string => `vendor: Halden
modelNumber: V2
serialNumber: ${serial}
cpus: [{cores: 2, architecture: arm64}]
memory: 2Gi
storage: 8Gi
peripherals: []
interfaces: [{type: ethernet}]
otelCollector: true
supportedRuntimes: [oci]
supportedDeploymentTypes: [compose]
`;

describe('muster device with an inventory', () => {
  let place: Place;
  let clientId = '';
  before(async () => {
    place = await startPlace({ admission: 'open' });
  });
  after(() => place.stop());

  const serials = async (): Promise<string> => {
    const listed = await place.muster('devices', 'list', '--client', clientId, '--json');
    const items = listed.json['items'] as { deviceId: string; capabilities: { serialNumber: string } }[];
    return items
      .sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1))
      .map((d) => `${d.deviceId}=${d.capabilities.serialNumber}`)
      .join(' ');
  };

  it('joins and reports by a YAML file, and names the child whose part is wrong', async () => {
    const indented = (serial: string): string => yaml(serial).replaceAll(/^(?=.)/gm, '    ');
    const gateway = 'gateway: {relayOnly: true, vendor: Halden, modelNumber: GW, serialNumber: G}\n';
    const write = (children: string): Promise<void> =>
      writeFile(at(place.root, 'inventory.yaml'), `${gateway}children:\n${children}`);
    await write(`  press:\n${indented('P')}  rack/plc:\n${indented('R')}`);
    const given = ['--state', 'd', '--inventory', 'inventory.yaml'];
    const joined = await place.muster(
      'device',
      'join',
      place.wfm.joinString,
      '--device-id',
      'gw',
      ...given,
      '--json',
    );
    assert.equal(joined.code, 0, joined.stderr);
    clientId = String(joined.json['clientId']);
    assert.equal(await serials(), 'gw=G gw/press=P gw/rack/plc=R');
    await write(`  press:\n${indented('P2').replace('2Gi', '2 potatoes')}`);
    const reported = await place.muster('device', 'report', ...given);
    assert.equal(reported.code, 0, reported.stderr);
    assert.match(reported.stderr, /! kept .*gw\/press: .*memory/);
    assert.equal(await serials(), 'gw=G gw/press=P', 'one deleted, the damaged one as it was');
    await writeFile(at(place.root, 'inventory.yaml'), 'children: [');
    const refused = await place.muster('device', 'report', ...given);
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /inventory inventory\.yaml cannot be used/);
    assert.equal(await serials(), 'gw=G gw/press=P');
  });

  it('follows a directory while the daemon runs: new, changed, half written and deleted files', async () => {
    const folder = at(place.root, 'behind');
    await mkdir(at(folder, 'rack'), { recursive: true });
    /** As an editor does it: whole, or not at all. */
    const put = async (name: string, text: string): Promise<void> => {
      await writeFile(at(place.root, 'edited'), text);
      await rename(at(place.root, 'edited'), at(folder, name));
    };
    await put('gateway.yaml', '{relayOnly: true, vendor: Halden, modelNumber: GW, serialNumber: G}\n');
    await put('press.yaml', yaml('P3'));
    // Polls once an hour: what is seen below was seen by watching.
    const args = 'device run --state d --inventory behind --poll 3600 --spread 0 --json'.split(' ');
    const daemon: ChildProcess = spawn(process.execPath, [...program, ...args], {
      cwd: place.root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(daemon.stdout);
    const lines = createInterface({ input: daemon.stdout })[Symbol.asyncIterator]();
    const until = async (pattern: RegExp): Promise<void> => {
      const deadline = AbortSignal.timeout(20_000);
      const late = once(deadline, 'abort').then(() => assert.fail(`${pattern} was not said`));
      for (;;) {
        const line = await Promise.race([lines.next(), late]);
        assert.ok(line.done !== true, 'the daemon has ended');
        if (pattern.test(line.value)) return;
      }
    };
    try {
      await until(/"reported","deviceId":"gw\/press"/);
      await put('rack/plc.yaml', yaml('R2'));
      await until(/"reported","deviceId":"gw\/rack\/plc"/);
      assert.equal(await serials(), 'gw=G gw/press=P3 gw/rack/plc=R2');
      await writeFile(at(folder, 'press.yaml'), yaml('P4').slice(0, 30));
      await until(/"active".*gw\/press \(kept/);
      const status = await place.muster('device', 'status', '--state', 'd');
      assert.match(status.stdout, /child +gw\/press kept/);
      await put('press.yaml', yaml('P5'));
      await until(/"reported","deviceId":"gw\/press"/);
      await rm(at(folder, 'rack', 'plc.yaml'));
      await until(/"removed","deviceId":"gw\/rack\/plc"/);
      assert.equal(await serials(), 'gw=G gw/press=P5');
    } finally {
      const ended = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      assert.deepEqual(await ended, [0, null]);
    }
  });
});
