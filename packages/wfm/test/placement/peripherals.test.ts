/** Needs get peripherals of their own: against trying every way, and with as many as a device may report. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { PeripheralNeed } from '@muster/protocol';
import fc from 'fast-check';
import { fitOf } from '../../src/placement/fit.ts';
import { nothingTaken, type Offer } from '../../src/placement/offer.ts';
import { unmetPeripherals } from '../../src/placement/peripherals.ts';

const some = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const peripheral: fc.Arbitrary<PeripheralNeed> = fc
  .record({
    type: fc.constantFrom('camera', 'gpu'),
    manufacturer: some('A', 'a', 'B'),
    model: some('1', '2'),
  })
  .map(({ type, manufacturer, model }) => ({
    type,
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(model === undefined ? {} : { model }),
  }));

const suits = (need: PeripheralNeed, has: PeripheralNeed): boolean =>
  need.type === has.type &&
  (need.manufacturer === undefined || need.manufacturer.toLowerCase() === has.manufacturer?.toLowerCase()) &&
  (need.model === undefined || need.model === has.model);

/** Tries every way. */
const assignable = (needs: readonly PeripheralNeed[], offered: readonly PeripheralNeed[]): boolean => {
  const [first, ...rest] = needs;
  return (
    first === undefined ||
    offered.some((has, i) => suits(first, has) && assignable(rest, offered.toSpliced(i, 1)))
  );
};

it('gives each need one of its own wherever there is a way, the earlier needs first', () => {
  fc.assert(
    fc.property(
      fc.array(peripheral, { maxLength: 7 }),
      fc.array(peripheral, { maxLength: 7 }),
      (needs, offered) => {
        const given: PeripheralNeed[] = [];
        const unmet = needs.filter((need) => {
          if (!assignable([...given, need], offered)) return true;
          given.push(need);
          return false;
        });
        assert.deepEqual(unmetPeripherals(needs, offered), unmet);
      },
    ),
    { numRuns: 2000, seed: 20_261_126 },
  );
});

it('counts copies on a device that reports a thousand peripherals, in whatever words', () => {
  const offer = (peripherals: readonly PeripheralNeed[]): Offer => ({
    vendor: 'v',
    modelNumber: 'm',
    hosting: {
      cpuGroups: [{ milliCores: 1000 }],
      memoryKi: 1,
      storageKi: 1,
      peripherals,
      interfaces: [],
      runtimes: [],
      deploymentTypes: [],
    },
  });
  const copies = (peripherals: readonly PeripheralNeed[], needs: readonly PeripheralNeed[]): number =>
    fitOf({ peripherals: needs, interfaces: [], eligibility: [] }, offer(peripherals), nothingTaken).copies;
  const cameras = (make: (i: number) => PeripheralNeed): PeripheralNeed[] =>
    Array.from({ length: 1024 }, (_, i) => make(i));
  const plain = { type: 'camera' };
  const [named, other] = [
    { type: 'camera', manufacturer: 'A' },
    { type: 'camera', model: '1' },
  ];
  const halfNamed = cameras((i) => (i % 2 === 0 ? named : plain));
  for (const needs of [
    [plain, named],
    [named, plain],
  ])
    assert.equal(copies(halfNamed, needs), 512);
  assert.equal(
    copies(
      cameras((i) => (i < 100 ? named : plain)),
      [plain, named],
    ),
    100,
  );
  const distinct = cameras((i) => ({
    type: 'camera',
    manufacturer: i % 3 === 0 ? 'A' : `M${i}`,
    model: `${i % 5}`,
  }));
  assert.equal(copies(distinct, [other, named, plain]), 205);
  assert.equal(
    copies(
      cameras((i) => ({ ...named, model: `${i}` })),
      [plain, named, other],
    ),
    1,
  );
  assert.equal(
    copies(
      cameras(() => plain),
      [plain],
    ),
    1000,
    'never more than a thousand',
  );
});
