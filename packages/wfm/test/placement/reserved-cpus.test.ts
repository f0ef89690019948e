/** On which CPU reserved cores are after a report that lists its CPUs otherwise, as a table. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Offer } from '../../src/placement/offer.ts';
import { settledCpus } from '../../src/placement/reserved-cpus.ts';

type Cpu = readonly [cores: number, architecture: string];

const offer = (cpus: readonly Cpu[]): Offer => ({
  vendor: 'V',
  modelNumber: 'M',
  hosting: {
    cpuGroups: cpus.map(([cores, architecture]) => ({ milliCores: cores * 1000, architecture })),
    memoryKi: 1,
    storageKi: 1,
    peripherals: [],
    interfaces: [],
    runtimes: [],
    deploymentTypes: [],
  },
});

const reserved = (cores: number, cpuGroup: number | null, ...architectures: string[]) => ({
  requirement: JSON.stringify({
    cpu: { milliCores: cores * 1000, ...(architectures.length === 0 ? {} : { architectures }) },
    peripherals: [],
  }),
  cpuGroup,
});

const cases: ReadonlyArray<{
  name: string;
  before: readonly Cpu[];
  after: readonly Cpu[];
  held: ReadonlyArray<ReturnType<typeof reserved>>;
  places: readonly (number | null)[];
}> = [
  {
    name: 'stays where nothing has changed',
    before: [[4, 'amd64']],
    after: [[4, 'amd64']],
    held: [reserved(2, 0), reserved(1, 0)],
    places: [0, 0],
  },
  {
    name: 'follows its CPU to another place in the list',
    before: [
      [4, 'amd64'],
      [2, 'arm64'],
    ],
    after: [
      [2, 'arm64'],
      [4, 'amd64'],
    ],
    held: [reserved(3, 0), reserved(2, 1)],
    places: [1, 0],
  },
  {
    name: 'leaves a CPU that has become too small for the smallest that is large enough',
    before: [
      [4, 'amd64'],
      [8, 'amd64'],
      [16, 'amd64'],
    ],
    after: [
      [2, 'amd64'],
      [8, 'amd64'],
      [16, 'amd64'],
    ],
    held: [reserved(4, 0)],
    places: [1],
  },
  {
    name: 'of two on a CPU that has shrunk, the earlier stays and the later goes',
    before: [
      [4, 'amd64'],
      [4, 'arm64'],
    ],
    after: [
      [2, 'amd64'],
      [4, 'arm64'],
    ],
    held: [reserved(2, 0), reserved(2, 0)],
    places: [0, 1],
  },
  {
    name: 'counts on the CPU with most left where none has room',
    before: [
      [4, 'amd64'],
      [4, 'amd64'],
    ],
    after: [
      [1, 'amd64'],
      [2, 'amd64'],
    ],
    held: [reserved(4, 0)],
    places: [1],
  },
  {
    name: 'is on none where no CPU suits, and comes back with one',
    before: [[4, 'amd64']],
    after: [[4, 'arm64']],
    held: [reserved(1, 0, 'amd64'), reserved(1, null, 'arm64')],
    places: [null, 0],
  },
  {
    name: 'is on none where the device hosts nothing any more',
    before: [[4, 'amd64']],
    after: [],
    held: [reserved(1, 0)],
    places: [null],
  },
];

describe('what is reserved of a CPU', () => {
  for (const { name, before, after, held, places } of cases)
    it(name, () => {
      const settled = settledCpus(held, offer(before), offer(after));
      assert.deepEqual(
        settled.map((one) => one.cpuGroup),
        places,
      );
      // Only what moves is written again.
      for (const [i, one] of settled.entries())
        assert.equal(one === held[i], one.cpuGroup === held[i]?.cpuGroup);
    });
});
