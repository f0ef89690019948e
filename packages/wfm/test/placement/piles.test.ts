import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Piles } from '../../src/placement/piles.ts';

const verdict = (waste: number) => ({
  profile: 0,
  fit: { copies: 1, waste },
  unmet: 0,
  missing: 0,
  only: null,
});

it('piles that are cut on the way are the first of all piles, with as many devices as are read', () => {
  const pile = fc.record({ waste: fc.nat({ max: 50 }), devices: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(
      fc.array(pile, { minLength: 900, maxLength: 3500 }),
      fc.nat({ max: 12_000 }),
      (all, limit) => {
        const piles = new Piles(limit, false);
        const named = all.map(({ waste, devices }, i) => ({
          waste,
          devices,
          // In no order: an equal pile that comes later may stand before.
          digest: String((i * 7919) % 10_007).padStart(5, '0'),
        }));
        for (const [i, { waste, devices, digest }] of named.entries())
          piles.add({ offerId: i, digest, labelSetId: 0, verdict: verdict(waste), devices });
        const sorted = [...named].sort((a, b) => a.waste - b.waste || (a.digest < b.digest ? -1 : 1));
        let devices = 0;
        const enough = sorted.findIndex((one) => (devices += one.devices) >= limit);
        assert.deepEqual(
          piles.items().map((one) => one.digest),
          sorted.slice(0, enough < 0 ? undefined : enough + 1).map((one) => one.digest),
        );
      },
    ),
    { numRuns: 25, seed: 20_261_126 },
  );
});

it('an offer with several verdicts has a pile for each grade, whenever its label sets come', () => {
  const piles = new Piles(1, true);
  for (const [labelSetId, waste] of [
    [1, 5],
    [2, 7],
    [3, 5],
  ] as const)
    piles.add({ offerId: 1, digest: 'd', labelSetId, verdict: verdict(waste), devices: 2 });
  const [first, second] = piles.items();
  assert.deepEqual([...(first?.verdicts?.keys() ?? [])], [1, 3]);
  assert.deepEqual([first?.devices, second], [4, undefined]);
});
