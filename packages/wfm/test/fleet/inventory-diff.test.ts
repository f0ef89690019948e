/** What changed between two reports, in words. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Capabilities, type Hosting, parseQuantity } from '@muster/protocol';
import { inventoryDiff } from '../../src/fleet/inventory-diff.ts';

const hosting: Hosting = {
  cpuGroups: [{ milliCores: 4000, architecture: 'amd64' }],
  memory: parseQuantity('8Gi'),
  storage: parseQuantity('59 Gi'),
  peripherals: [{ type: 'camera' }, { type: 'gpu', manufacturer: 'NVIDIA', model: 'T1000' }],
  interfaces: [{ type: 'ethernet' }, { type: 'ethernet' }],
  otelCollector: true,
  runtimes: ['oci'],
  deploymentTypes: ['compose'],
};
const device: Capabilities = {
  deviceId: 'd',
  vendor: 'V',
  modelNumber: 'M',
  serialNumber: 'S',
  hosting,
  extensions: {},
};
const offers = (change: Partial<Hosting>): Capabilities => ({
  ...device,
  hosting: { ...hosting, ...change },
});
const { hosting: _, ...relay } = device;

const cases: readonly (readonly [what: string, after: Capabilities, lines: string[]])[] = [
  ['nothing', device, []],
  ['another spelling of the same', offers({ memory: parseQuantity('8192 Mi') }), []],
  ['less memory', offers({ memory: parseQuantity('6Gi') }), ['memory 8Gi → 6Gi']],
  ['more storage', offers({ storage: parseQuantity('1Ti') }), ['storage 59Gi → 1Ti']],
  ['a camera less', offers({ peripherals: hosting.peripherals.slice(1) }), ['camera removed']],
  [
    'a named one less',
    offers({ peripherals: hosting.peripherals.slice(0, 1) }),
    ['gpu NVIDIA T1000 removed'],
  ],
  [
    'a second camera',
    offers({ peripherals: [...hosting.peripherals, { type: 'camera' }] }),
    ['camera added'],
  ],
  ['one of two interfaces', offers({ interfaces: [{ type: 'ethernet' }] }), ['ethernet removed']],
  [
    'other cores',
    offers({ cpuGroups: [{ milliCores: 2500, architecture: 'arm64' }, { milliCores: 500 }] }),
    ['cpu 4 amd64 → 2.5 arm64 + 0.5'],
  ],
  ['a runtime', offers({ runtimes: ['oci', 'custom'] }), ['runtime custom added']],
  [
    'a deployment type for another',
    offers({ deploymentTypes: ['helm'] }),
    ['deployment type compose removed', 'deployment type helm added'],
  ],
  ['the collector', offers({ otelCollector: false }), ['OTEL collector true → false']],
  [
    'who made it',
    { ...device, vendor: 'W', modelNumber: 'N', serialNumber: 'T' },
    ['vendor V → W', 'model M → N', 'serial number S → T'],
  ],
  ['no more workloads', relay, ['takes no workloads any more']],
  ['an extension', { ...device, extensions: { 'x-a-extensions': { b: 1 } } }, ['vendor extensions changed']],
];

describe('a change of a device', () => {
  for (const [what, after, lines] of cases)
    it(`of ${what} is told`, () => assert.deepEqual(inventoryDiff(device, after), lines));
  it('of a gateway that begins to host is told', () =>
    assert.deepEqual(inventoryDiff(relay, device), ['takes workloads now']));
  it('is told in at most 50 lines', () => {
    const many = offers({ peripherals: Array.from({ length: 200 }, () => ({ type: 'display' as const })) });
    assert.equal(inventoryDiff(device, many).length, 50);
  });
});
