/** What placement and the inventory do; each database runs it. */
import { afterEach, describe } from 'node:test';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/ports.ts';
import { driftContract } from './contract/drift.ts';
import { matchingContract } from './contract/matching.ts';
import { planningContract } from './contract/planning.ts';
import { reportContract } from './contract/reports.ts';
import { searchContract } from './contract/search.ts';

/** @param instances how many stores share one database: the embedded one belongs to one process and one store */
export function placementContract(
  name: string,
  runs: number,
  instances: 1 | 2,
  url: () => Promise<string>,
): void {
  describe(`placement on ${name}`, () => {
    const opened: Store[] = [];
    const openAt = async (at: string): Promise<Store> => {
      const store = await openStore({ url: at, now: () => 1 });
      opened.push(store);
      return store;
    };
    const open = async (): Promise<Store> => openAt(await url());
    const both = async (): Promise<readonly [Store, Store]> => {
      const at = await url();
      const first = await openAt(at);
      return [first, instances === 1 ? first : await openAt(at)];
    };
    // A store left open keeps its connections, and a server takes a hundred.
    afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())));

    matchingContract(runs, open);
    reportContract(open);
    planningContract(open, both);
    driftContract(open, both);
    searchContract(open);
  });
}
