/** General-purpose filters from npm on the same fleet, all of it in memory as objects. */
import { Query } from 'mingo';
import sift from 'sift';
import { offerOf } from '../../packages/wfm/src/placement/offer.ts';
import { makeFleet } from '../fleet.ts';
import { type Found, place } from './questions.ts';

interface PeerAnswer {
  readonly library: 'sift' | 'mingo';
  readonly question: keyof Found;
  /** The devices that fit, as `clientId deviceId`. */
  readonly found: readonly string[];
  /** The faster of two rounds. */
  readonly ms: number;
}

/** Looks for the devices that fit the demanding application, in one plant and line and in the whole fleet. */
export function* askPeers(devices: number): Generator<PeerAnswer> {
  // Equal offers and labels are one object: less memory, and nothing that slows a filter.
  const shared = new Map<string, object>();
  const once = <T extends object>(value: T): T => {
    const text = JSON.stringify(value);
    if (!shared.has(text)) shared.set(text, value);
    return shared.get(text) as T;
  };
  const documents: { id: string; labels: object; hosting: object | null }[] = [];
  for (const client of makeFleet(devices))
    for (const c of client.devices) {
      const { hosting } = once(offerOf(c));
      documents.push({ id: `${client.clientId} ${c.deviceId}`, labels: once(client.labels), hosting });
    }
  const gi = 2 ** 20;
  const rare = {
    'hosting.deploymentTypes': 'helm',
    'hosting.cpuGroups': { $elemMatch: { milliCores: { $gte: 4000 }, architecture: 'amd64' } },
    'hosting.memoryKi': { $gte: 8 * gi },
    'hosting.storageKi': { $gte: 64 * gi },
    'hosting.peripherals': { $elemMatch: { type: 'gpu', manufacturer: 'NVIDIA' } },
  };
  const selective = { 'labels.site': place.site, 'labels.line': place.line, ...rare };
  for (const [asked, filter] of [
    ['selective', selective],
    ['rare', rare],
  ] as const) {
    const compiled = new Query(filter);
    for (const [library, test] of [
      ['sift', sift.default(filter) as (one: object) => boolean],
      ['mingo', (one: object) => compiled.test(one as Record<string, unknown>)],
    ] as const) {
      let found: string[] = [];
      let ms = Infinity;
      for (let round = 0; round < 2; round++) {
        const began = performance.now();
        found = documents.filter((one) => test(one)).map((one) => one.id);
        ms = Math.min(ms, performance.now() - began);
      }
      yield { library, question: asked, found, ms };
    }
  }
}
