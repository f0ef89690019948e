/** General-purpose filters from npm on the same fleet, all of it in memory as objects. */
import { Query } from 'mingo';
import sift from 'sift';
import { offerOf } from '../packages/wfm/src/placement/offer.ts';
import { makeFleet } from './fleet.ts';

export interface PeerAnswer {
  readonly library: 'sift' | 'mingo';
  readonly question: 'selective' | 'rare';
  readonly found: number;
  /** The second of two rounds. */
  readonly ms: number;
}

/** Counts the devices that fit the demanding application of the bench, in one plant and line and in the whole fleet. */
export function* askPeers(
  devices: number,
  at: Readonly<Record<'site' | 'line', string>>,
): Generator<PeerAnswer> {
  const documents = [...makeFleet(devices)].flatMap((client) =>
    client.devices.map((c) => ({ labels: client.labels, hosting: offerOf(c).hosting })),
  );
  const gi = 2 ** 20;
  const rare = {
    'hosting.deploymentTypes': 'helm',
    'hosting.cpuGroups': { $elemMatch: { milliCores: { $gte: 4000 }, architecture: 'amd64' } },
    'hosting.memoryKi': { $gte: 8 * gi },
    'hosting.storageKi': { $gte: 64 * gi },
    'hosting.peripherals': { $elemMatch: { type: 'gpu', manufacturer: 'NVIDIA' } },
  };
  const selective = { 'labels.site': at.site, 'labels.line': at.line, ...rare };
  for (const [question, filter] of Object.entries({ selective, rare })) {
    const compiled = new Query(filter);
    const tests = { sift: sift.default(filter), mingo: (one: Record<string, unknown>) => compiled.test(one) };
    for (const [library, test] of Object.entries(tests)) {
      let [found, ms] = [0, 0];
      for (let round = 0; round < 2; round++) {
        const began = performance.now();
        found = documents.filter((one) => test(one)).length;
        ms = performance.now() - began;
      }
      yield { library, question, found, ms } as PeerAnswer;
    }
  }
}
