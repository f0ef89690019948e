/** When the daemon reports: at each start, once for a change however it came about, and at a slow heartbeat. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchInventory } from '../src/gateway/watch.ts';
import { join } from '../src/index.ts';
import { layGround, until } from './support/ground.ts';
import { answer, type OtherServers, type Served, startOtherServers } from './support/other-servers.ts';
import { SimulatedTime } from './support/simulated.ts';

const ground = await layGround('heartbeat');
const hour = 3_600_000;

describe('a daemon', () => {
  let servers: OtherServers;
  let served: Served;
  let time: SimulatedTime;
  let reports: Array<{ at: number; vendor: string }> = [];
  before(async () => {
    servers = await startOtherServers();
    served = await servers.serve((request, response) => {
      if (request.method === 'PUT')
        reports.push({ at: time.at, vendor: /"vendor":"([^"]*)"/.exec(request.body)?.[1] ?? '' });
      answer(response, 201, { clientId: 'device-1' }, { date: time.date });
    });
  });
  after(() => servers.close());

  async function joined(): Promise<{ stateDirectory: string; capabilitiesFile: string }> {
    time = new SimulatedTime(Date.now());
    const stateDirectory = ground.fresh();
    const capabilitiesFile = joinPath(ground.root, 'capabilities.yaml');
    await writeFile(capabilitiesFile, 'vendor: One\n');
    await join({ stateDirectory, trust: served, capabilitiesFile, now: time.now });
    reports = [];
    return { stateDirectory, capabilitiesFile };
  }

  it('reports at its start and then every six hours, when nothing changes', async () => {
    const { stateDirectory } = await joined();
    await time.live(stateDirectory, time.at + 50 * hour, { pollSeconds: 600 });
    assert.equal(reports.length, 1 + 8);
    const pauses = reports.slice(1).map(({ at }, i) => (at - (reports[i]?.at ?? 0)) / hour);
    for (const pause of pauses) assert.ok(pause >= 6 && pause < 6.2, `${pause} hours`);
  });

  it('reports a change once, by what comes of it: not what was there before, nor what was there in between', async () => {
    const { stateDirectory, capabilitiesFile } = await joined();
    const say = (...vendors: string[]): void =>
      vendors.forEach((vendor) => writeFileSync(capabilitiesFile, `vendor: ${vendor}\n`));
    time.meanwhile = async (waits) => {
      if (waits === 3) say(...Array.from({ length: 20 }, (_, i) => `Draft ${i}`), 'Two');
      if (waits === 6) say('Two', 'Two');
      if (waits === 9) say('Three', 'Two');
      if (waits === 12) writeFileSync(capabilitiesFile, '# the same, written otherwise\nvendor:   Two\n');
    };
    await time.live(stateDirectory, time.at + hour, { capabilitiesFile });
    assert.deepEqual(
      reports.map((r) => r.vendor),
      ['One', 'Two'],
    );
  });
});

describe('the watch over an inventory', () => {
  it('tells of a burst of changes once, when it is over', async () => {
    const file = joinPath(ground.root, 'inventory.yaml');
    await writeFile(file, 'children: {}\n');
    let told = 0;
    const unwatch = await watchInventory(file, () => void told++);
    for (let i = 0; i < 20; i++) writeFileSync(file, `children: {a${i}: {}}\n`);
    await until(() => told > 0);
    await sleep(700);
    assert.equal(told, 1);
    unwatch();
  });
});
