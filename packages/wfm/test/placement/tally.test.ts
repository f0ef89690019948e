import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseQuantity } from '@muster/protocol';
import { compile, judge } from '../../src/placement/judge.ts';
import { nothingTaken } from '../../src/placement/offer.ts';
import { Tally } from '../../src/placement/tally.ts';
import type { Subject } from '../../src/placement/constraints.ts';
import { app, none } from './contract/support.ts';

const Mi = 1024;
const offering = (memoryKi: number, type: string): Subject => ({
  offer: {
    vendor: 'v',
    modelNumber: 'm',
    hosting: {
      cpuGroups: [],
      memoryKi,
      storageKi: 0,
      peripherals: [],
      interfaces: [],
      runtimes: [],
      deploymentTypes: [type],
    },
  },
  taken: nothingTaken,
  labels: {},
  own: {},
  clientState: 'active',
});

it('tells devices that lack the same once, by the smallest share, whichever comes first', () => {
  const profiles = compile(
    app(
      { ...none, deploymentType: 'compose', memory: parseQuantity('1Gi') },
      { ...none, deploymentType: 'helm', memory: parseQuantity('8Gi') },
    ),
  );
  // One lacks half of what it needs, the other a sixteenth: both lack 512 Mi.
  const devices = [offering(512 * Mi, 'compose'), offering(7680 * Mi, 'helm')];
  for (const order of [devices, devices.toReversed()]) {
    const tally = new Tally();
    for (const one of order) tally.add(judge(profiles, one), one, 3);
    assert.deepEqual(tally.nearest(), [
      { constraint: 'memory', lacks: '512Mi of memory', perMille: 63, devices: 6 },
    ]);
    assert.deepEqual([tally.devices, tally.fitting, tally.copies], [6, 0, 0]);
  }
});
